import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../settings/load.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import {
  consentedSource,
  environmentOf,
  functionNamed,
  healingSource,
  idOf,
  ofType,
  polledSource,
  type Resources,
  synthesize,
  text,
  twoSources,
} from '../support/synthesized.ts'

const github = (id: string, label = id): SourceSettings => ({ id, type: 'github-webhook', label, options: {} })
const hex = (id: string): SourceSettings => ({
  id,
  type: 'hex-webhook',
  label: id,
  options: { header: 'X-AuditLake-Secret' },
})
/** Without the alarms, of which `health.test.ts` tells. */
function withSources(...sources: SourceSettings[]): ReturnType<typeof synthesize> {
  const { resources, ...others } = synthesize({ ...twoSources, sources })
  const kept = [...resources].filter(([, { Type }]) => Type !== 'AWS::CloudWatch::Alarm')
  return { resources: new Map(kept), ...others }
}

/**
 * The limit of CloudFormation.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MAX_RESOURCES = 500
const MAX_OUTPUTS = 200
const MAX_TEMPLATE_BYTES = 1_000_000

const ids = (resources: Resources) => [...resources.keys()]
const added = (before: Resources, after: Resources) => ids(after).filter((id) => !before.has(id))
const types = (resources: Resources, some: string[]) => some.map((id) => resources.get(id)?.Type).sort()

/** Paths of properties that differ, in resources of both stacks. */
function changed(before: Resources, after: Resources): string[] {
  return ids(before)
    .filter((id) => after.has(id))
    .flatMap((id) => differences(before.get(id), after.get(id), id))
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [left, right] = [before, after].map((value) => z.record(z.string(), z.unknown()).safeParse(value).data)
  if (left === undefined || right === undefined) return [path]
  // A text that CloudFormation joins counts as one value.
  if ('Fn::Join' in left || 'Fn::Join' in right) return [path]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(left[key], right[key], `${path}.${key}`),
  )
}

const { resources } = withSources(github('one'), github('two'))
const receiver = idOf(resources, 'AWS::Lambda::Function', 'Intakegithubwebhook')
const receiverPolicy = idOf(resources, 'AWS::IAM::Policy', 'Intakegithubwebhook')
const janitor = idOf(resources, 'AWS::Lambda::Function', 'Janitor')
const writer = idOf(resources, 'AWS::Lambda::Function', 'DeliveryWriter')
const toldOfSources = [
  `${receiver}.Properties.Environment.Variables.SOURCES`,
  `${receiverPolicy}.Properties.PolicyDocument.Statement`,
  `${janitor}.Properties.Environment.Variables.STACK`,
].sort()

describe('a source that is added', () => {
  test('beside others of its type is one resource, its secret; its function and the janitor learn of it, nothing is replaced', () => {
    const after = withSources(github('one'), github('two'), github('three')).resources
    expect(added(resources, after)).toEqual(['ThreeSecret'])
    expect(added(after, resources)).toEqual([])
    expect(changed(resources, after).sort()).toEqual(toldOfSources)
  })

  test('changes nothing else, at any place of the list', () => {
    const after = withSources(github('zero'), github('one'), github('two')).resources
    expect(added(resources, after)).toEqual(['ZeroSecret'])
    expect(changed(resources, after).sort()).toEqual(toldOfSources)
  })

  test('as the first of its type is eight resources; of the existing ones only the janitor and the writer change', () => {
    const after = withSources(github('one'), github('two'), hex('three')).resources
    expect(types(after, added(resources, after))).toEqual([
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret',
    ])
    expect(changed(resources, after).sort()).toEqual([
      `${writer}.Properties.Environment.Variables.WEBHOOK_LOG_TYPES`,
      `${janitor}.Properties.Environment.Variables.STACK`,
    ])
  })
})

describe('a source that is removed', () => {
  test('leaves its secret in the account and everything else unchanged', () => {
    const after = withSources(github('one')).resources
    expect(added(after, resources)).toEqual(['TwoSecret'])
    expect(resources.get('TwoSecret')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    })
    expect(changed(resources, after).sort()).toEqual(toldOfSources)
  })

  test('as the last of its type takes route and function along, but nothing that holds data', () => {
    const before = withSources(github('one'), hex('two')).resources
    const after = withSources(github('one')).resources
    const removed = added(after, before)
    expect(removed).toHaveLength(8)
    const kept = removed.filter((id) => before.get(id)?.DeletionPolicy === 'RetainExceptOnCreate')
    expect(kept).toEqual(['TwoSecret'])
    expect(types(before, removed).filter((type) => /S3|SQS|Glue|ApiGatewayV2::(Api|Stage)/.test(type ?? ''))).toEqual(
      [],
    )
  })
})

describe('a source that is changed', () => {
  test('a new label changes environments of functions and no other resource', () => {
    const after = withSources(github('one', 'Renamed'), github('two')).resources
    expect(ids(after)).toEqual(ids(resources))
    expect(changed(resources, after).sort()).toEqual(toldOfSources.filter((path) => !path.startsWith(receiverPolicy)))
  })

  test('a new id makes a new source with a new secret; the old secret stays in the account', () => {
    const after = withSources(github('one'), github('deux')).resources
    expect(added(resources, after)).toEqual(['DeuxSecret'])
    expect(added(after, resources)).toEqual(['TwoSecret'])
  })

  test('a new type keeps the secret', () => {
    const after = withSources(github('one'), hex('two')).resources
    expect(changed(resources, after).filter((path) => path.startsWith('TwoSecret'))).toEqual([])
    expect(after.has('TwoSecret')).toBe(true)
  })

  test('a new place in the list changes no resource of other sources', () => {
    const after = withSources(github('two'), github('one')).resources
    expect(new Set(ids(after))).toEqual(new Set(ids(resources)))
  })
})

describe('a polled source', () => {
  const before = withSources(github('one')).resources
  const { resources: after, outputs } = withSources(github('one'), polledSource)

  test('is seven resources, with its own function, role, schedule and secret, and one output', () => {
    expect(types(after, added(before, after))).toEqual([
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::Scheduler::Schedule',
      'AWS::SecretsManager::Secret',
    ])
    expect(outputs.get('GithubLogSecretArn')).toEqual({ Ref: 'GithubLogSecret' })
    expect(outputs.has('GithubLogWebhookUrl')).toBe(false)
  })

  test('whose credential is given by consent has a client secret as well; the first one brings routes, function and key', () => {
    const hand = withSources(github('one'), { ...consentedSource, options: polledSource.options }).resources
    const first = withSources(github('one'), consentedSource).resources
    const second = withSources(github('one'), consentedSource, { ...consentedSource, id: 'another' }).resources
    expect(types(first, added(hand, first))).toEqual([
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Route',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::Secret',
    ])
    const more = added(first, second).filter((id) => !/^IntakePolledanother/.test(id))
    expect(more.sort()).toEqual(['AnotherClientSecret', 'AnotherSecret'])
  })

  test('has a secret without a value, which outlives the stack', () => {
    const secret = after.get('GithubLogSecret')
    expect(secret).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
    expect(secret?.Properties).toEqual({ Description: expect.stringContaining('read:audit_log') })
  })

  test('is called every minute; a tick that is missed or fails is dropped', () => {
    const id = idOf(after, 'AWS::Lambda::Function', 'IntakePolledgithublog')
    const invocations = ofType(after, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties)
    expect(invocations).toContainEqual(
      expect.objectContaining({ FunctionName: { Ref: id }, MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 }),
    )
    const [, schedule] = ofType(after, 'AWS::Scheduler::Schedule').find(([name]) => name.startsWith('Intake')) ?? []
    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: {
        Arn: { 'Fn::GetAtt': [id, 'Arn'] },
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    })
    expect(functionNamed(after, 'github-audit').Timeout).toBeLessThan(60)
  })

  test('passes its facts to its function, and the API only when the settings name one', () => {
    const environment = environmentOf(functionNamed(after, 'github-audit'))
    expect(JSON.parse(text(environment.SOURCE))).toEqual({
      id: 'github-log',
      label: 'Log',
      secretId: '<GithubLogSecret>',
      scope: 'organization',
      name: 'octo',
      ratePercent: 100,
    })
    expect(environment).not.toHaveProperty('API_URL')
    const elsewhere = { ...polledSource, options: { ...polledSource.options, apiUrl: 'https://ghe.example/api/v3' } }
    const there = environmentOf(functionNamed(withSources(elsewhere).resources, 'github-audit'))
    expect(there.API_URL).toBe('https://ghe.example/api/v3')
    expect(text(there.SOURCE)).not.toContain('ghe.example')
  })

  test('may have the name of a source type', () => {
    expect(() => withSources(github('one'), { ...polledSource, id: 'github-webhook' })).not.toThrow()
  })

  test('changes nothing of others of its type', () => {
    const { resources: two } = withSources(github('one'), polledSource, { ...polledSource, id: 'another-log' })
    expect(added(after, two)).toHaveLength(7)
    expect(changed(after, two).filter((path) => path.startsWith('Intake'))).toEqual([])
  })
})

describe('a webhook source with a recovery', () => {
  const before = withSources(github('one')).resources
  const { resources: after, outputs } = withSources(github('one'), healingSource)

  test('is its secret, and seven resources of the recovery, which has a function, role, schedule and secret of its own', () => {
    expect(types(after, added(before, after))).toEqual([
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::Scheduler::Schedule',
      'AWS::SecretsManager::Secret',
      'AWS::SecretsManager::Secret',
    ])
    expect(outputs.get('HealingRecoverySecretArn')).toEqual({ Ref: 'HealingRecoverySecret' })
    expect(outputs.get('HealingSecretArn')).toEqual({ Ref: 'HealingSecret' })
  })

  test('has a secret for the token without a value, which outlives the stack', () => {
    const secret = after.get('HealingRecoverySecret')
    expect(secret).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
    expect(secret?.Properties).toEqual({ Description: expect.stringContaining('admin:org_hook') })
  })

  test('passes the webhook to the function of the recovery only', () => {
    expect(JSON.parse(text(environmentOf(functionNamed(after, 'github-webhook-recovery')).SOURCE))).toEqual({
      id: 'healing',
      label: 'Healing',
      secretId: '<HealingRecoverySecret>',
      owner: 'octo',
      hookId: '109948940',
    })
    expect(JSON.parse(text(environmentOf(functionNamed(after, 'github-webhook')).SOURCES))).toMatchObject({
      healing: { label: 'Healing', secretId: '<HealingSecret>' },
    })
    expect(text(environmentOf(functionNamed(after, 'github-webhook')).SOURCES)).not.toContain('109948940')
  })

  test('asks another address only when the settings name one', () => {
    expect(environmentOf(functionNamed(after, 'github-webhook-recovery'))).not.toHaveProperty('API_URL')
    const recovery = { owner: 'octo', hookId: '1', apiUrl: 'https://ghe.example/api/v3' }
    const there = withSources({ ...healingSource, options: { recovery } }).resources
    expect(environmentOf(functionNamed(there, 'github-webhook-recovery')).API_URL).toBe('https://ghe.example/api/v3')
  })
})

describe('secrets', () => {
  const secrets = ofType(synthesize().resources, 'AWS::SecretsManager::Secret')

  test('every source has a generated one without a fixed name, which outlives the stack', () => {
    expect(secrets.map(([id]) => id)).toEqual(['GithubOneSecret', 'GithubTwoSecret'])
    for (const [, secret] of secrets) {
      expect(secret).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
      // Changing this would make CloudFormation generate every secret anew.
      expect(secret.Properties).toEqual({
        Description: expect.any(String),
        GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
      })
    }
  })

  test('the function gets label, secret and options of each of its sources', () => {
    const { resources } = withSources(github('github-one', 'One "quoted"'), github('github-two'), hex('hex-one'))
    const told = (name: string): unknown => JSON.parse(text(environmentOf(functionNamed(resources, name)).SOURCES))
    expect(told('github-webhook')).toEqual({
      'github-one': { label: 'One "quoted"', secretId: '<GithubOneSecret>' },
      'github-two': { label: 'github-two', secretId: '<GithubTwoSecret>' },
    })
    expect(told('hex-webhook')).toEqual({
      'hex-one': { label: 'hex-one', secretId: '<HexOneSecret>', header: 'X-AuditLake-Secret' },
    })
  })

  test('two sources of one type share one function and one route', () => {
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey)
    expect(routes).toEqual(['POST /github/{sourceId}'])
  })
})

describe('the limits of CloudFormation are far away', () => {
  test('with the shipped settings', () => {
    const { resources } = synthesize(loadConfig('audit-lake.yaml', { allowExamples: true }))
    expect(resources.size).toBeLessThan(MAX_RESOURCES / 2)
  })

  test('with forty sources, which cost two outputs each', () => {
    const forty = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? github : hex)(`source-${index}`))
    const { resources, outputs } = synthesize({ ...twoSources, sources: forty })
    expect(ofType(resources, 'AWS::SecretsManager::Secret')).toHaveLength(40)
    expect(resources.size).toBeLessThan(MAX_RESOURCES / 2)
    expect(outputs.size).toBeLessThan(MAX_OUTPUTS / 2)
    expect(JSON.stringify([...resources]).length).toBeLessThan(MAX_TEMPLATE_BYTES / 2)
  })
})

test('33 polled sources fit into a stack; of one more it is said what to do', () => {
  const polled = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...polledSource, id: `log-${index}` }))
  const { resources } = synthesize({ ...twoSources, sources: polled(33) })
  expect(resources.size).toBeLessThanOrEqual(MAX_RESOURCES)
  expect(() => synthesize({ ...twoSources, sources: polled(34) })).toThrow(
    /These sources need 50\d resources, and CloudFormation takes 500 in a stack: deploy some of them from a second settings file/,
  )
})
