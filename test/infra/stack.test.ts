import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { webhookEnv } from '../../lambdas/connectors/manifest.ts'
import { env as writerEnv } from '../../lambdas/handlers/writer/env.ts'
import {
  allowedTo,
  environmentOf,
  functionNamed,
  ofType,
  statements,
  synthesize,
  text,
  twoSources,
} from './synthesized.ts'

const { resources, outputs, parameters } = synthesize()

/** The logical id of the only resource of its type whose id begins so. */
function idOf(type: string, beginning: string): string {
  const ids = ofType(resources, type).map(([id]) => id)
  const [id, ...others] = ids.filter((candidate) => candidate.startsWith(beginning))
  if (id === undefined || others.length > 0) throw new Error(`${type} ${beginning}*: not one among ${ids.join(', ')}`)
  return id
}

const lake = idOf('AWS::S3::Bucket', 'Lake')
const ops = idOf('AWS::S3::Bucket', 'Ops')
const deadLetters = idOf('AWS::SQS::Queue', 'DeliveryRecordsDlq')
const records = z.string().parse(
  ofType(resources, 'AWS::SQS::Queue')
    .map(([id]) => id)
    .find((id) => id !== deadLetters),
)

describe('functions', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function')

  test('there is one for each webhook type in use, and the writer', () => {
    expect(functions.map(([, { Properties }]) => environmentOf(Properties).POWERTOOLS_SERVICE_NAME).sort()).toEqual([
      'github-webhook',
      'writer',
    ])
  })

  test('every function runs on arm64 and Node 24 and says where its metrics belong', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', Handler: 'index.handler' })
      expect(environmentOf(Properties)).toMatchObject({ POWERTOOLS_METRICS_NAMESPACE: 'AuditLake' })
    }
  })

  test('every function has a log group of its own, with an end to its logs', () => {
    const groups = functions.map(([, { Properties }]) => {
      return z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) }).parse(Properties)
        .LoggingConfig.LogGroup.Ref
    })
    expect(new Set(groups).size).toBe(functions.length)
    for (const group of groups) expect(resources.get(group)?.Properties).toEqual({ RetentionInDays: 90 })
  })

  test('each has the time and memory that its work needs', () => {
    expect(functionNamed(resources, 'github-webhook')).toMatchObject({ Timeout: 10, MemorySize: 512 })
    expect(functionNamed(resources, 'writer')).toMatchObject({ Timeout: 60, MemorySize: 1024 })
  })

  test('each is given every variable that its handler reads', () => {
    const given = (name: string) => Object.keys(environmentOf(functionNamed(resources, name)))
    expect(given('github-webhook')).toEqual(expect.arrayContaining(Object.values(webhookEnv)))
    expect(given('writer')).toEqual(expect.arrayContaining(Object.values(writerEnv)))
  })

  test('no function is reserved concurrency, which an account with a quota of ten could not give', () => {
    for (const [, { Properties }] of functions) expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions')
  })
})

describe('permissions', () => {
  test('nothing is allowed by a wildcard action', () => {
    const actions = statements(resources)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
    expect(actions.length).toBeGreaterThan(10)
    expect(actions.filter((action) => action.includes('*'))).toEqual([])
  })

  test('the webhook function may publish, read the secrets of its sources and log, and nothing else', () => {
    const secrets = ofType(resources, 'AWS::SecretsManager::Secret').map(([id]) => id)
    expect(allowedTo(resources, 'github-webhook')).toEqual(
      [
        ...secrets.map((secret) => `secretsmanager:GetSecretValue on <${secret}>`),
        `sqs:SendMessage on <${records}.Arn>`,
        `logs:CreateLogStream on <${idOf('AWS::Logs::LogGroup', 'IntakegithubwebhookReceiverLogs')}.Arn>`,
        `logs:PutLogEvents on <${idOf('AWS::Logs::LogGroup', 'IntakegithubwebhookReceiverLogs')}.Arn>`,
      ].sort(),
    )
  })

  test('the writer may add files, change lists, take messages and log, and nothing else', () => {
    expect(allowedTo(resources, 'writer')).toEqual(
      [
        `s3:PutObject on <${lake}.Arn>/data/*`,
        `s3:PutObject on <${lake}.Arn>/tables/*`,
        `s3:GetObject on <${lake}.Arn>/tables/*`,
        `s3:ListBucket on <${lake}.Arn>`,
        ...['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
          (action) => `sqs:${action} on <${records}.Arn>`,
        ),
        `logs:CreateLogStream on <${idOf('AWS::Logs::LogGroup', 'DeliveryWriterLogs')}.Arn>`,
        `logs:PutLogEvents on <${idOf('AWS::Logs::LogGroup', 'DeliveryWriterLogs')}.Arn>`,
      ].sort(),
    )
  })

  test('the writer may list lists only, so that a missing one is answered 404 and not 403', () => {
    expect(statements(resources).filter(({ Action }) => Action.includes('s3:ListBucket'))).toMatchObject([
      { Effect: 'Allow', Condition: { StringLikeIfExists: { 's3:prefix': 'tables/*' } } },
    ])
  })

  test('no managed policy is attached', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns')
    }
  })
})

describe('queues', () => {
  const queues = ofType(resources, 'AWS::SQS::Queue')

  test('every queue has a dead-letter queue or is one', () => {
    const redrive = z.object({
      RedrivePolicy: z.object({
        deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
        maxReceiveCount: z.literal(5),
      }),
    })
    const targets = queues.flatMap(([, { Properties }]) => redrive.safeParse(Properties).data ?? [])
    const isTarget = (id: string) => {
      return targets.some(({ RedrivePolicy }) => RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0] === id)
    }
    for (const [id, { Properties }] of queues) expect(isTarget(id) || redrive.safeParse(Properties).success).toBe(true)
    expect(isTarget(deadLetters)).toBe(true)
  })

  test('every queue keeps messages as long as SQS can, encrypted, and outlives the stack', () => {
    for (const [, queue] of queues) {
      expect(queue).toMatchObject({
        Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      })
    }
  })

  test('a message stays hidden for six times the timeout of the function that takes it', () => {
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping')
    expect(mappings).toHaveLength(1)
    for (const [, { Properties }] of mappings) {
      const { Ref } = z.object({ FunctionName: z.object({ Ref: z.string() }) }).parse(Properties).FunctionName
      const { Timeout } = z.object({ Timeout: z.number() }).parse(resources.get(Ref)?.Properties)
      const { VisibilityTimeout } = z
        .object({ VisibilityTimeout: z.number() })
        .parse(resources.get(records)?.Properties)
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout)
    }
  })

  test('the writer takes large batches, two at a time, and says which messages failed', () => {
    expect(ofType(resources, 'AWS::Lambda::EventSourceMapping')[0]?.[1].Properties).toMatchObject({
      BatchSize: 1_000,
      MaximumBatchingWindowInSeconds: 20,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
      EventSourceArn: { 'Fn::GetAtt': [records, 'Arn'] },
    })
  })

  test('without a window the batch is no larger than SQS then allows', () => {
    const immediate = synthesize({ ...twoSources, delivery: { windowSeconds: 0 } })
    expect(ofType(immediate.resources, 'AWS::Lambda::EventSourceMapping')[0]?.[1].Properties).toMatchObject({
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
    })
  })
})

describe('buckets', () => {
  const buckets = ofType(resources, 'AWS::S3::Bucket')

  test('every bucket is closed to the public, encrypted, versioned, without a fixed name, and outlives the stack', () => {
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
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      })
      expect(bucket.Properties).not.toHaveProperty('BucketName')
    }
  })

  test('buckets and queues refuse requests without TLS', () => {
    const refusals = statements(resources).filter(({ Effect }) => Effect === 'Deny')
    expect(refusals.flatMap(({ Resource = [] }) => Resource.map(text)).sort()).toEqual(
      [
        `<${lake}.Arn>`,
        `<${lake}.Arn>/*`,
        `<${ops}.Arn>`,
        `<${ops}.Arn>/*`,
        `<${records}.Arn>`,
        `<${deadLetters}.Arn>`,
      ].sort(),
    )
    for (const { Condition } of refusals) expect(Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } })
  })

  test('rows are deleted some days after no query can see them any more, never before', () => {
    const { Rules } = z
      .object({
        LifecycleConfiguration: z.object({
          Rules: z.object({ Prefix: z.string().optional(), ExpirationInDays: z.number().optional() }).array(),
        }),
      })
      .parse(resources.get(lake)?.Properties).LifecycleConfiguration
    expect(Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined)).toEqual([
      { Prefix: 'data/', ExpirationInDays: twoSources.retentionDays + 7 },
      { Prefix: 'tables/', ExpirationInDays: twoSources.retentionDays + 7 },
    ])
  })
})

describe('sources', () => {
  const secrets = ofType(resources, 'AWS::SecretsManager::Secret')

  test('two sources of one type have two secrets, one function and one route', () => {
    expect(secrets).toHaveLength(2)
    expect(ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey)).toEqual([
      'POST /github/{sourceId}',
    ])
  })

  test('every secret is generated, has no fixed name, and outlives the stack', () => {
    for (const [, secret] of secrets) {
      expect(secret).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
      expect(secret.Properties).toEqual({
        Description: expect.any(String),
        GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
      })
    }
  })

  test('the function is told label and secret of each of its sources', () => {
    const [one, two] = ['githubone', 'githubtwo'].map((id) => {
      return `<${idOf('AWS::SecretsManager::Secret', `Intakegithubwebhook${id}`)}>`
    })
    const told: unknown = JSON.parse(text(environmentOf(functionNamed(resources, 'github-webhook')).SOURCES))
    expect(told).toEqual({
      'github-one': { label: 'One "quoted"', secretId: one },
      'github-two': { label: 'Two', secretId: two },
    })
  })

  test('a source that is added changes nothing of those that are there', () => {
    const [first] = twoSources.sources
    if (first === undefined) throw new Error('no source')
    const before = synthesize({ ...twoSources, sources: [first] })
    for (const id of before.resources.keys()) expect(resources.has(id)).toBe(true)
  })

  test('the outputs name the URL and the secret of each source, the buckets, the database and the workgroup', () => {
    expect([...outputs.keys()].sort()).toEqual([
      'DatabaseName',
      'GithubOneSecretArn',
      'GithubOneWebhookUrl',
      'GithubTwoSecretArn',
      'GithubTwoWebhookUrl',
      'LakeBucketName',
      'OpsBucketName',
      'WorkgroupName',
    ])
    const api = idOf('AWS::ApiGatewayV2::Api', 'Intake')
    expect(text(outputs.get('GithubTwoWebhookUrl'))).toBe(`<${api}.ApiEndpoint>/github/github-two`)
    expect(outputs.get('LakeBucketName')).toEqual({ Ref: lake })
    expect(outputs.get('OpsBucketName')).toEqual({ Ref: ops })
  })
})

describe('the HTTP API', () => {
  const [stage] = ofType(resources, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties)

  test('answers at its root, limited in how much it lets through', () => {
    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1_000 },
    })
  })

  test('hands requests over in payload format 2.0', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    }
  })

  test('logs every access as JSON for a limited time, and nothing in which somebody may have put a secret', () => {
    const { AccessLogSettings } = z
      .object({
        AccessLogSettings: z.object({
          Format: z.string(),
          DestinationArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
        }),
      })
      .parse(stage)
    const group = resources.get(AccessLogSettings.DestinationArn['Fn::GetAtt'][0])
    expect(group).toMatchObject({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } })
    const logged = Object.values(z.record(z.string(), z.string()).parse(JSON.parse(AccessLogSettings.Format)))
    expect(logged).toContain('$context.requestId')
    for (const value of logged) expect(value).not.toMatch(/path|header|query|authorizer/i)
  })
})

test('deploying needs no custom resource and no parameter of ours', () => {
  const types = new Set([...resources.values()].map(({ Type }) => Type))
  expect([...types].filter((type) => type.startsWith('Custom::') || type.includes('CustomResource'))).toEqual([])
  expect(parameters).toEqual(['BootstrapVersion'])
})
