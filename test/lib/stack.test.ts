import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { env as deadLettersEnv } from '../../lambdas/functions/dead-letters/env.ts'
import { env as janitorEnv } from '../../lambdas/functions/janitor/env.ts'
import { env as webhookEnv } from '../../lambdas/functions/webhook/env.ts'
import { env as writerEnv } from '../../lambdas/functions/writer/env.ts'
import { addAuditLake } from '../../lib/app.ts'
import {
  appWithoutBundles,
  environmentOf,
  functionNamed,
  idOf,
  ofType,
  queueIds,
  statements,
  synthesize,
  text,
  twoSources,
} from '../support/synthesized.ts'

const { resources, outputs, parameters } = synthesize()

const lake = idOf(resources, 'AWS::S3::Bucket', 'Lake')
const ops = idOf(resources, 'AWS::S3::Bucket', 'Ops')
const topic = idOf(resources, 'AWS::SNS::Topic', 'AlarmTopic')
const { records, recordsBulk, deadLetters, merges } = queueIds(resources)

describe('functions', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function')

  test('there is one for each webhook type in use, and four behind them all', () => {
    expect(functions.map(([, { Properties }]) => environmentOf(Properties).POWERTOOLS_SERVICE_NAME).sort()).toEqual([
      'dead-letters',
      'github-webhook',
      'janitor',
      'merger',
      'writer',
    ])
  })

  test('every function runs on arm64 and Node 24 and names its metrics', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', Handler: 'index.handler' })
      expect(environmentOf(Properties)).toMatchObject({ POWERTOOLS_METRICS_NAMESPACE: 'AuditLake' })
    }
  })

  test('every function has its own log group, and every log group a retention', () => {
    const groups = functions.map(([, { Properties }]) => {
      return z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) }).parse(Properties)
        .LoggingConfig.LogGroup.Ref
    })
    expect(new Set(groups).size).toBe(functions.length)
    const all = ofType(resources, 'AWS::Logs::LogGroup')
    expect(all.map(([id]) => id)).toEqual(expect.arrayContaining(groups))
    for (const [, { Properties }] of all) expect(Properties).toMatchObject({ RetentionInDays: 90 })
  })

  test('each has the time and memory for its work', () => {
    expect(functionNamed(resources, 'github-webhook')).toMatchObject({ Timeout: 10, MemorySize: 512 })
    expect(functionNamed(resources, 'writer')).toMatchObject({ Timeout: 60, MemorySize: 1024 })
    expect(functionNamed(resources, 'dead-letters')).toMatchObject({ Timeout: 60, MemorySize: 1024 })
    expect(functionNamed(resources, 'janitor')).toMatchObject({ Timeout: 55, MemorySize: 1024 })
  })

  test('each gets exactly the variables that its handler reads', () => {
    const given = (name: string) =>
      Object.keys(environmentOf(functionNamed(resources, name)))
        .filter((variable) => !variable.startsWith('POWERTOOLS_'))
        .sort()
    expect(given('github-webhook')).toEqual(Object.values(webhookEnv).sort())
    expect(given('writer')).toEqual(Object.values(writerEnv).sort())
    expect(given('dead-letters')).toEqual(Object.values(deadLettersEnv).sort())
    expect(given('janitor')).toEqual(Object.values(janitorEnv).sort())
  })

  test('a webhook function gets the hours for which a replaced secret still counts', () => {
    const told = (previousSecretHours: number) =>
      environmentOf(functionNamed(synthesize({ ...twoSources, previousSecretHours }).resources, 'github-webhook'))
        .PREVIOUS_SECRET_HOURS
    expect(told(24)).toBe('24')
    expect(told(0)).toBe('0')
  })

  test('no function reserves concurrency, which an account with a quota of ten could not give', () => {
    for (const [, { Properties }] of functions) expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions')
  })
})

describe('scheduled functions', () => {
  const schedules = ofType(resources, 'AWS::Scheduler::Schedule')
  const called = ['Merger', 'Janitor'].map((name) => idOf(resources, 'AWS::Lambda::Function', name))

  test('the janitor and the merger are called every minute, and a missed tick is dropped', () => {
    expect(schedules.map(([, { Properties }]) => Properties)).toEqual(
      called.map((id) =>
        expect.objectContaining({
          ScheduleExpression: 'rate(1 minute)',
          State: 'ENABLED',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: { 'Fn::GetAtt': [id, 'Arn'] },
            Input: '{}',
            RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
            RoleArn: { 'Fn::GetAtt': [idOf(resources, 'AWS::IAM::Role', 'Ticker'), 'Arn'] },
          },
        }),
      ),
    )
  })

  test('Lambda drops ticks that failed or found no room', () => {
    const configs = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties)
    const dropping = { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0, Qualifier: '$LATEST' }
    expect(configs).toEqual(called.map((id) => ({ FunctionName: { Ref: id }, ...dropping })))
  })

  test('a run ends before the next one begins', () => {
    expect(functionNamed(resources, 'janitor').Timeout).toBeLessThan(60)
  })
})

describe('buckets', () => {
  const buckets = ofType(resources, 'AWS::S3::Bucket')

  test('every bucket is private, encrypted, versioned, without a fixed name, and outlives the stack', () => {
    expect(buckets.map(([id]) => id).sort()).toEqual([lake, ops].sort())
    for (const [, bucket] of buckets) {
      expect(bucket).toMatchObject({
        Properties: {
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
          VersioningConfiguration: { Status: 'Enabled' },
        },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      })
      expect(bucket.Properties).not.toHaveProperty('BucketName')
    }
  })

  test('buckets, queues and the topic refuse requests without TLS', () => {
    const refusals = statements(resources).filter(
      ({ Effect, Condition }) =>
        Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
    )
    expect(refusals.flatMap(({ Resource = [] }) => Resource.map(text)).sort()).toEqual(
      [
        `<${lake}.Arn>`,
        `<${lake}.Arn>/*`,
        `<${ops}.Arn>`,
        `<${ops}.Arn>/*`,
        `<${records}.Arn>`,
        `<${recordsBulk}.Arn>`,
        `<${deadLetters}.Arn>`,
        `<${merges}.Arn>`,
        `<${topic}>`,
      ].sort(),
    )
  })

  const lifecycleForm = z.object({
    LifecycleConfiguration: z.object({ Rules: z.looseObject({ Prefix: z.string().optional() }).array() }),
  })
  const rulesOf = (bucket: string) =>
    lifecycleForm
      .parse(resources.get(bucket)?.Properties)
      .LifecycleConfiguration.Rules.map(({ Status, ...rule }) => rule)
  const housekeeping = {
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    NoncurrentVersionExpiration: { NoncurrentDays: 7 },
    ExpiredObjectDeleteMarker: true,
  }

  test('S3 deletes rows weeks after the janitor, which deletes whole days; replaced files after a week', () => {
    expect(rulesOf(lake)).toEqual([
      housekeeping,
      { Prefix: 'data/', ExpirationInDays: twoSources.retentionDays + 400 },
      {
        Prefix: 'tables/',
        ExpirationInDays: twoSources.retentionDays + 400,
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 },
      },
    ])
  })

  test('outside the lake only expendable objects expire: neither unsent messages nor open dead letters', () => {
    expect(rulesOf(ops)).toEqual([
      housekeeping,
      { Prefix: 'access-logs/', ExpirationInDays: 90 },
      { Prefix: 'athena-results/', ExpirationInDays: 7 },
      { Prefix: 'claims/', ExpirationInDays: 60 },
      { Prefix: 'resolutions/', ExpirationInDays: 60 },
      { Prefix: 'redriven/', ExpirationInDays: 400 },
      { Prefix: 'oauth/', ExpirationInDays: 1 },
    ])
  })

  test('the content behind a pointer outlives the message', () => {
    const seconds = ofType(resources, 'AWS::SQS::Queue').map(([, { Properties }]) => Properties.MessageRetentionPeriod)
    const days =
      z
        .number()
        .array()
        .parse(seconds)
        .reduce((sum, period) => Math.max(sum, period), 0) / 86_400
    const claims = rulesOf(ops).find(({ Prefix }) => Prefix === 'claims/')
    expect(claims?.ExpirationInDays).toBeGreaterThan(2 * days)
  })
})

describe('the HTTP API', () => {
  const [stage] = ofType(resources, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties)

  test('takes as many requests as the settings say', () => {
    const throttle = { requestsPerSecond: 7, burst: 9 }
    const [[, stage] = ['', undefined]] = ofType(
      synthesize({ ...twoSources, throttle }).resources,
      'AWS::ApiGatewayV2::Stage',
    )
    expect(stage?.Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
    })
  })

  test('counts the answers after which an event may be lost, in the access log', () => {
    const filters = ofType(resources, 'AWS::Logs::MetricFilter')
    expect(filters.map(([, { Properties }]) => Properties)).toEqual([
      {
        FilterPattern: '{ ($.status = "413") || ($.status = "429") || ($.status = "5*") }',
        LogGroupName: { Ref: idOf(resources, 'AWS::Logs::LogGroup', 'IntakeAccessLogs') },
        MetricTransformations: [{ MetricName: 'RequestsLost', MetricNamespace: 'AuditLake', MetricValue: '1' }],
      },
    ])
  })

  test('answers at its root, with a throttle for every route', () => {
    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 1_000 },
    })
  })

  test('has no settings for single routes, which would outlive their route and break every later deployment', () => {
    expect(stage).not.toHaveProperty('RouteSettings')
  })

  test('passes requests in payload format 2.0', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    }
  })

  test('logs every access as JSON for a limited time, without fields that may contain a secret', () => {
    const { AccessLogSettings } = z
      .object({
        AccessLogSettings: z.object({
          Format: z.string(),
          DestinationArn: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
        }),
      })
      .parse(stage)
    const parts = AccessLogSettings.DestinationArn['Fn::Join'][1]
    // Ends with the whole name: API Gateway would store a wildcard differently.
    const { Ref } = z.object({ Ref: z.string() }).parse(parts.at(-1))
    const group = resources.get(Ref)
    expect(group).toMatchObject({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } })
    // Any other name takes room in a policy of the account, which the groups of other stacks fill as well.
    expect(text(group?.Properties.LogGroupName)).toBe('/aws/vendedlogs/AuditLake/<2|/|<AWS::StackId>>')
    const logged = Object.values(z.record(z.string(), z.string()).parse(JSON.parse(AccessLogSettings.Format)))
    expect(logged).toContain('$context.requestId')
    for (const value of logged) expect(value).not.toMatch(/path|header|query|authorizer/i)
  })
})

test('a query in Athena is cancelled beyond the limit of the settings, if they set one', () => {
  const configurationWith = (queryLimitGB: number) => {
    const [workgroup] = ofType(synthesize({ ...twoSources, queryLimitGB }).resources, 'AWS::Athena::WorkGroup')
    return workgroup?.[1].Properties.WorkGroupConfiguration
  }
  expect(configurationWith(100)).toMatchObject({
    EnforceWorkGroupConfiguration: true,
    BytesScannedCutoffPerQuery: 100_000_000_000,
  })
  expect(configurationWith(0.01)).toMatchObject({ BytesScannedCutoffPerQuery: 10_000_000 })
  expect(configurationWith(0)).not.toHaveProperty('BytesScannedCutoffPerQuery')
})

test('resources that outlive the stack, or may exist twice in an account, have no fixed name', () => {
  const named = [...resources].filter(([, { Properties }]) =>
    ['BucketName', 'QueueName', 'FunctionName', 'RoleName', 'LogGroupName', 'ManagedPolicyName'].some(
      (key) => typeof Properties[key] === 'string',
    ),
  )
  expect(named.map(([id]) => id)).toEqual([])
  for (const [, { Properties }] of ofType(resources, 'AWS::SecretsManager::Secret')) {
    expect(Properties).not.toHaveProperty('Name')
  }
})

test('stack.json has all facts that the commands need', () => {
  const told: unknown = JSON.parse(text(environmentOf(functionNamed(resources, 'janitor')).STACK))
  expect(told).toEqual({
    region: '<AWS::Region>',
    buckets: { lake: `<${lake}>`, ops: `<${ops}>` },
    queues: {
      records: `<${records}>`,
      recordsBulk: `<${recordsBulk}>`,
      deadLetters: `<${deadLetters}>`,
      merges: `<${merges}>`,
    },
    alarmTopic: `<${topic}>`,
    database: `<${idOf(resources, 'AWS::Glue::Database', 'Lake')}>`,
    workgroup: `<${idOf(resources, 'AWS::Athena::WorkGroup', 'Lake')}>`,
    webhooks: {
      url: `<${idOf(resources, 'AWS::ApiGatewayV2::Api', 'Intake')}.ApiEndpoint>`,
      secrets: 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:',
    },
    namesRecoveries: true,
    sources: {
      'github-one': { type: 'github-webhook', label: 'One "quoted"', secret: '<1|:secret:|<GithubOneSecret>>' },
      'github-two': { type: 'github-webhook', label: 'Two', secret: '<1|:secret:|<GithubTwoSecret>>' },
    },
  })
})

test('the outputs name the URL and the secret of each source, the buckets, the database, the workgroup and the policy', () => {
  expect([...outputs.keys()].sort()).toEqual([
    'AnalystPolicyArn',
    'DatabaseName',
    'GithubOneSecretArn',
    'GithubOneWebhookUrl',
    'GithubTwoSecretArn',
    'GithubTwoWebhookUrl',
    'LakeBucketName',
    'OpsBucketName',
    'WorkgroupName',
  ])
  const api = idOf(resources, 'AWS::ApiGatewayV2::Api', 'Intake')
  expect(text(outputs.get('GithubTwoWebhookUrl'))).toBe(`<${api}.ApiEndpoint>/github/github-two`)
  expect(outputs.get('GithubTwoSecretArn')).toEqual({ Ref: 'GithubTwoSecret' })
  expect(outputs.get('LakeBucketName')).toEqual({ Ref: lake })
  expect(outputs.get('OpsBucketName')).toEqual({ Ref: ops })
})

test('CloudFormation refuses to delete the stack until an operator allows it', () => {
  const app = appWithoutBundles()
  const { stackName } = addAuditLake(app, twoSources)
  expect(app.synth().getStackByName(stackName).terminationProtection).toBe(true)
})

test('the deployment needs neither a custom resource nor a parameter', () => {
  const types = new Set([...resources.values()].map(({ Type }) => Type))
  expect([...types].filter((type) => type.startsWith('Custom::') || type.includes('CustomResource'))).toEqual([])
  expect(parameters).toEqual(['BootstrapVersion'])
})
