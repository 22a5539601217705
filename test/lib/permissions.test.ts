import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { functionNoteKey } from '../../lambdas/core/function-note.ts'
import { openJobs, stateFolder } from '../../lambdas/core/poll/past/job.ts'
import { resolutionsPrefix } from '../../lambdas/core/publish/claims.ts'
import { unsentPrefix } from '../../lambdas/core/publish/publish.ts'
import { recoveryKey } from '../../lambdas/core/webhook/recovery/state.ts'
import {
  allowedTo,
  healingSource,
  idOf,
  ofType,
  polledSource,
  queueIds,
  roleOf,
  statements,
  synthesize,
  text,
  twoSources,
} from '../support/synthesized.ts'

const { resources, outputs } = synthesize({
  ...twoSources,
  sources: [...twoSources.sources, polledSource, healingSource],
})
const lake = idOf(resources, 'AWS::S3::Bucket', 'Lake')
const ops = idOf(resources, 'AWS::S3::Bucket', 'Ops')
const { records, recordsBulk, deadLetters, merges } = queueIds(resources)

const logging = (functionId: string) =>
  ['CreateLogStream', 'PutLogEvents'].map(
    (action) => `logs:${action} on <${idOf(resources, 'AWS::Logs::LogGroup', `${functionId}Logs`)}.Arn>`,
  )
const taking = (queue: string) =>
  ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((action) => `sqs:${action} on <${queue}.Arn>`)
const listing = (bucket: string) => `s3:ListBucket on <${bucket}.Arn>`

describe('functions', () => {
  const allowed = (name: string) => allowedTo(resources, roleOf(resources, name))

  test('no permission has a wildcard action', () => {
    const actions = statements(resources)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
    expect(actions.length).toBeGreaterThan(10)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  test('a webhook function may only publish, put aside, count what it rejects, read the secrets of its sources and log', () => {
    expect(allowed('github-webhook')).toEqual(
      [
        'secretsmanager:GetSecretValue on <GithubOneSecret>',
        'secretsmanager:GetSecretValue on <GithubTwoSecret>',
        'secretsmanager:GetSecretValue on <HealingSecret>',
        `sqs:SendMessage on <${records}.Arn>`,
        `s3:PutObject on <${ops}.Arn>/claims/*`,
        `s3:PutObject on <${ops}.Arn>/unsent/*`,
        ...['github-one', 'github-two', 'healing'].flatMap((id) => [
          `s3:GetObject on <${ops}.Arn>/state/${id}/rejected.json`,
          `s3:PutObject on <${ops}.Arn>/state/${id}/rejected.json`,
        ]),
        ...logging('IntakegithubwebhookReceiver'),
      ].sort(),
    )
  })

  test('the writer may only add files, change lists, fetch what pointers name, take messages of both queues, archive those it refuses, note receipts, and log', () => {
    expect(allowed('writer')).toEqual(
      [
        `s3:PutObject on <${lake}.Arn>/data/*`,
        `s3:PutObject on <${lake}.Arn>/tables/*`,
        `s3:GetObject on <${lake}.Arn>/tables/*`,
        listing(lake),
        `s3:GetObject on <${ops}.Arn>/claims/*`,
        `s3:GetObject on <${ops}.Arn>/resolutions/*`,
        listing(ops),
        `s3:PutObject on <${ops}.Arn>/dead/*`,
        `s3:GetObject on <${ops}.Arn>/state/*/received.json`,
        `s3:PutObject on <${ops}.Arn>/state/*/received.json`,
        ...[records, recordsBulk].flatMap((queue) => [
          ...taking(queue),
          `sqs:ChangeMessageVisibility on <${queue}.Arn>`,
        ]),
        ...logging('DeliveryWriter'),
      ].sort(),
    )
  })

  test('a writer that empties the queues itself reads none of their attributes', () => {
    const drained = synthesize({ ...twoSources, delivery: { windowSeconds: 60 } }).resources
    const ofQueues = allowedTo(drained, roleOf(drained, 'writer')).filter((permission) => permission.startsWith('sqs:'))
    expect(ofQueues).toEqual(
      ['ChangeMessageVisibility', 'DeleteMessage', 'ReceiveMessage'].flatMap((action) =>
        [records, recordsBulk].map((queue) => `sqs:${action} on <${queue}.Arn>`),
      ),
    )
  })

  test('the archive may only add dead letters with their content, take them from their queue and log', () => {
    expect(allowed('dead-letters')).toEqual(
      [
        `s3:PutObject on <${ops}.Arn>/dead/*`,
        `s3:GetObject on <${ops}.Arn>/claims/*`,
        `s3:GetObject on <${ops}.Arn>/resolutions/*`,
        listing(ops),
        ...taking(deadLetters),
        ...logging('DeliveryDeadLetters'),
      ].sort(),
    )
  })

  test('the janitor may only send what was put aside or failed, write facts of the stack, look at sources, request merges, delete files of the lake and log', () => {
    expect(allowed('janitor')).toEqual(
      [
        `s3:GetObject on <${ops}.Arn>/unsent/*`,
        `s3:DeleteObject on <${ops}.Arn>/unsent/*`,
        `s3:PutObject on <${ops}.Arn>/claims/*`,
        `s3:GetObject on <${ops}.Arn>/stack.json`,
        `s3:PutObject on <${ops}.Arn>/stack.json`,
        `s3:GetObject on <${ops}.Arn>/state/*`,
        `s3:GetObject on <${ops}.Arn>/health.json`,
        `s3:PutObject on <${ops}.Arn>/health.json`,
        `s3:GetObject on <${ops}.Arn>/retention.json`,
        `s3:PutObject on <${ops}.Arn>/retention.json`,
        `s3:GetObject on <${ops}.Arn>/merges/*`,
        `s3:PutObject on <${ops}.Arn>/merges/*`,
        `s3:DeleteObject on <${ops}.Arn>/merges/*`,
        `s3:GetObject on <${ops}.Arn>/corrupt/*`,
        listing(ops),
        `s3:DeleteObject on <${lake}.Arn>/data/*`,
        `s3:DeleteObject on <${lake}.Arn>/tables/*`,
        `s3:GetObject on <${lake}.Arn>/tables/*`,
        `s3:GetObject on <${lake}.Arn>/data/classification_failures/*`,
        `s3:GetObject on <${ops}.Arn>/redrive/*`,
        `s3:PutObject on <${ops}.Arn>/redrive/*`,
        `s3:DeleteObject on <${ops}.Arn>/redrive/jobs/open/*`,
        `s3:GetObject on <${ops}.Arn>/dead/*`,
        `s3:DeleteObject on <${ops}.Arn>/dead/*`,
        `s3:PutObject on <${ops}.Arn>/redriven/*`,
        `s3:PutObject on <${ops}.Arn>/resolutions/*`,
        listing(lake),
        `sqs:SendMessage on <${records}.Arn>`,
        `sqs:SendMessage on <${recordsBulk}.Arn>`,
        `sqs:SendMessage on <${merges}.Arn>`,
        ...logging('Janitor'),
      ].sort(),
    )
  })

  test('the merger may only read and add files, change lists, note what it does, take and send requests, and log', () => {
    expect(allowed('merger')).toEqual(
      [
        ...['data', 'tables'].flatMap((prefix) => [
          `s3:GetObject on <${lake}.Arn>/${prefix}/*`,
          `s3:PutObject on <${lake}.Arn>/${prefix}/*`,
        ]),
        listing(lake),
        `s3:PutObject on <${ops}.Arn>/merges/*`,
        `s3:PutObject on <${ops}.Arn>/corrupt/*`,
        ...['DeleteMessage', 'ReceiveMessage', 'SendMessage'].map((action) => `sqs:${action} on <${merges}.Arn>`),
        ...logging('Merger'),
      ].sort(),
    )
  })

  test('failures are resolved from where only a recovery and the janitor may write', () => {
    const resolving = ofType(resources, 'AWS::IAM::Role').flatMap(([role]) =>
      allowedTo(resources, role).some((grant) => /^s3:PutObject on .*\/resolutions\//.test(grant)) ? [role] : [],
    )
    const able = ['github-webhook-recovery', 'janitor'].map((name) => roleOf(resources, name))
    expect(resolving.sort()).toEqual(able.sort())
    expect(resolutionsPrefix).toBe('resolutions/')
  })

  test('messages are put aside where the janitor may find them', () => {
    for (const queue of ['records', 'records-bulk']) expect(unsentPrefix(queue)).toMatch(/^unsent\//)
  })

  test('a polled source may only read its own secret, keep its own state, read its own tables, publish and log', () => {
    expect(allowed('github-audit')).toEqual(
      [
        'secretsmanager:GetSecretValue on <GithubLogSecret>',
        `s3:GetObject on <${ops}.Arn>/state/github-log/*`,
        `s3:PutObject on <${ops}.Arn>/state/github-log/*`,
        `s3:DeleteObject on <${ops}.Arn>/state/github-log/jobs/open/*`,
        listing(ops),
        ...['github_audit', 'collection_runs'].flatMap((table) => [
          `s3:GetObject on <${lake}.Arn>/data/${table}/*`,
          `s3:GetObject on <${lake}.Arn>/tables/${table}/*`,
        ]),
        listing(lake),
        `sqs:SendMessage on <${records}.Arn>`,
        `sqs:SendMessage on <${recordsBulk}.Arn>`,
        `s3:PutObject on <${ops}.Arn>/claims/*`,
        `s3:PutObject on <${ops}.Arn>/unsent/*`,
        ...logging('IntakePolledgithublogPoller'),
      ].sort(),
    )
  })

  test('a recovery may only read its own token, keep its own state and note, tell whether they are missing, publish and log', () => {
    expect(allowed('github-webhook-recovery')).toEqual(
      [
        'secretsmanager:GetSecretValue on <HealingRecoverySecret>',
        `s3:GetObject on <${ops}.Arn>/${recoveryKey('healing')}`,
        `s3:PutObject on <${ops}.Arn>/${recoveryKey('healing')}`,
        `s3:GetObject on <${ops}.Arn>/${functionNoteKey('healing')}`,
        `s3:PutObject on <${ops}.Arn>/${functionNoteKey('healing')}`,
        listing(ops),
        `sqs:SendMessage on <${records}.Arn>`,
        `sqs:SendMessage on <${recordsBulk}.Arn>`,
        `s3:PutObject on <${ops}.Arn>/claims/*`,
        `s3:PutObject on <${ops}.Arn>/resolutions/*`,
        `s3:PutObject on <${ops}.Arn>/unsent/*`,
        ...logging('IntakeRecoveredhealingRecoverer'),
      ].sort(),
    )
  })

  test("a source's state lies where its function may keep it", () => {
    expect(stateFolder('github-log')).toBe('state/github-log/')
    expect(openJobs(stateFolder('github-log'))).toBe('state/github-log/jobs/open/')
  })

  test('all schedules share one role that may call their functions; only the scheduler of this account may assume it', () => {
    const role = idOf(resources, 'AWS::IAM::Role', 'Ticker')
    const called = ['IntakePolledgithublog', 'IntakeRecoveredhealing', 'Janitor', 'Merger'].map((name) =>
      idOf(resources, 'AWS::Lambda::Function', name),
    )
    expect(allowedTo(resources, role)).toEqual(called.map((id) => `lambda:InvokeFunction on <${id}.Arn>`).sort())
    for (const [, { Properties }] of ofType(resources, 'AWS::Scheduler::Schedule')) {
      expect(Properties).toMatchObject({ Target: { RoleArn: { 'Fn::GetAtt': [role, 'Arn'] } } })
    }
    expect(resources.get(role)?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    })
  })

  test('no managed policy is attached to a role', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns')
    }
  })
})

describe('the policies of the buckets', () => {
  const denials = ofType(resources, 'AWS::S3::BucketPolicy').flatMap(([, { Properties }]) =>
    z
      .object({ PolicyDocument: z.object({ Statement: z.looseObject({ Effect: z.string() }).array() }) })
      .parse(Properties)
      .PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Deny'),
  )

  test('nobody may replace data files, claims, unsent messages, dead letters and notes on corrupt files, nor begin to put them in parts', () => {
    const writeOnce = denials.filter(({ Sid }) => Sid === 'WriteOnce')
    expect(writeOnce.map(({ Resource, ...rest }) => ({ ...rest, Resource: [Resource].flat().map(text) }))).toEqual([
      ...[
        ['claims', 'corrupt', 'dead', 'redriven', 'resolutions', 'unsent'].map((prefix) => `<${ops}.Arn>/${prefix}/*`),
        [`<${lake}.Arn>/data/*`],
      ].map((Resource) => ({
        Sid: 'WriteOnce',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:PutObject',
        Condition: { Null: { 's3:if-none-match': 'true' } },
        Resource,
      })),
    ])
  })

  test('no statement rests on a key that may be missing', () => {
    expect(JSON.stringify([...resources])).not.toContain('IfExists')
  })
})

describe('analysts', () => {
  const [[policyId, policy] = ['', undefined], ...others] = ofType(resources, 'AWS::IAM::ManagedPolicy')
  const form = z.strictObject({
    Effect: z.literal('Allow'),
    Action: z.union([z.string().array(), z.string().transform((one) => [one])]),
    Resource: z.union([z.unknown().array(), z.unknown().transform((one) => [one])]),
    Condition: z.unknown().optional(),
  })
  const { PolicyDocument } = z
    .object({ PolicyDocument: z.object({ Statement: form.array() }) })
    .parse(policy?.Properties)
  const allowed = PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => ({ action, resource: text(resource) }))),
  )
  const resourcesOf = (pattern: RegExp) =>
    [...new Set(allowed.filter(({ action }) => pattern.test(action)).map(({ resource }) => resource))].sort()
  const here = (service: string) => `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:`

  test('one policy is attached to no role and named in the outputs', () => {
    expect(others).toEqual([])
    expect(outputs.get('AnalystPolicyArn')).toEqual({ Ref: policyId })
  })

  test('what would replace the policy if it changed stays as it is, and differs from region to region', () => {
    const { PolicyDocument: _mayChange, ManagedPolicyName, ...fixed } = policy?.Properties ?? {}
    expect(text(ManagedPolicyName)).toBe('AuditLake-Analysts-<AWS::Region>')
    expect(fixed).toEqual({ Description: 'Queries over the audit logs collected by AuditLake', Path: '/' })
  })

  test('they may use what the console and large results need', () => {
    expect(resourcesOf(/^athena:(GetNamedQuery|ListPreparedStatements)$/)).toEqual(resourcesOf(/^athena:StartQuery/))
    expect(resourcesOf(/^glue:GetCatalogs?$/)).toContain(`${here('glue')}catalog`)
    expect(resourcesOf(/^s3:ListBucketMultipartUploads$/)).toEqual([`<${ops}.Arn>`])
  })

  test('they may read rows and lists, write and read query results, and touch no other object', () => {
    expect(resourcesOf(/^s3:GetObject$/)).toEqual(
      [`<${lake}.Arn>/data/*`, `<${lake}.Arn>/tables/*`, `<${ops}.Arn>/athena-results/*`].sort(),
    )
    expect(resourcesOf(/^s3:(Put|Abort|ListMultipart)/)).toEqual([`<${ops}.Arn>/athena-results/*`])
    expect(allowed.some(({ action }) => /^s3:.*(Delete|Version)/.test(action))).toBe(false)
  })

  test('they may list only where they may read', () => {
    const conditions = PolicyDocument.Statement.filter(({ Action }) => Action.includes('s3:ListBucket')).map(
      ({ Resource, Condition }) => [Resource.map(text), Condition],
    )
    expect(conditions).toEqual([
      [[`<${lake}.Arn>`], { StringLike: { 's3:prefix': ['data/*', 'tables/*'] } }],
      [[`<${ops}.Arn>`], { StringLike: { 's3:prefix': ['athena-results/*'] } }],
    ])
  })

  test('they may query in this workgroup and see this database, of this account and region', () => {
    const workgroup = idOf(resources, 'AWS::Athena::WorkGroup', 'Lake')
    const database = idOf(resources, 'AWS::Glue::Database', 'Lake')
    expect(resourcesOf(/^athena:StartQueryExecution$/)).toEqual([`${here('athena')}workgroup/<${workgroup}>`])
    expect(resourcesOf(/^glue:GetTable$/)).toEqual(
      ['catalog', `database/<${database}>`, `table/<${database}>/*`].map((path) => `${here('glue')}${path}`).sort(),
    )
    expect(allowed.filter(({ action }) => /^glue:(?!(Batch)?Get)/.test(action))).toEqual([])
  })

  test('only three lists of the console reach beyond this stack, and nothing beyond this account', () => {
    const wide = allowed.filter(({ resource }) => resource === '*').map(({ action }) => action)
    expect(wide.sort()).toEqual(['athena:ListDataCatalogs', 'athena:ListEngineVersions', 'athena:ListWorkGroups'])
    for (const { resource } of allowed.filter(({ resource }) => resource !== '*')) {
      expect(resource).toMatch(/^(<\w+\.Arn>|arn:<AWS::Partition>:\w+:<AWS::Region>:<AWS::AccountId>:)/)
    }
  })

  test('the policy is far below the limit of 6,144 characters', () => {
    expect(JSON.stringify(PolicyDocument).length).toBeLessThan(4_500)
  })
})
