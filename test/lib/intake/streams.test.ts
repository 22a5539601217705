import { describe, expect, test } from 'vitest'
import type { OptionValue } from '../../../settings/settings.ts'
import {
  allowedTo,
  environmentOf,
  functionNamed,
  idOf,
  ofType,
  type Resources,
  roleOf,
  synthesize,
  text,
  twoSources,
} from '../../support/synthesized.ts'

const type = 'github-audit-stream-s3'
const issuer = 'oidc-configuration.audit-log.githubusercontent.com'

const stream = (id: string, options: Readonly<Record<string, OptionValue>> = {}) => ({
  id,
  type,
  label: `Stream ${id}`,
  options: {
    enterprise: 'octo-enterprise',
    access: 'oidc',
    keepObjectsDays: 30,
    excludeFilters: ['_check'],
    copilotUsage: 'keep',
    configuration: 'ignore',
    ...options,
  },
})

const withStreams = (...sources: ReturnType<typeof stream>[]) => synthesize({ ...twoSources, sources })

const propertiesOf = (resources: Resources, kind: string, beginning: string) =>
  resources.get(idOf(resources, kind, beginning))?.Properties ?? {}

describe('a stream into a bucket of the stack', () => {
  const { resources, outputs } = withStreams(stream('own'))
  const bucket = idOf(resources, 'AWS::S3::Bucket', 'IntakeStreamsownBucket')
  const queue = idOf(resources, 'AWS::SQS::Queue', 'IntakeStreamsownNotifications')

  test('announces every object to a queue of its own, natively', () => {
    expect(resources.get(bucket)?.Properties).toMatchObject({
      NotificationConfiguration: {
        QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: { 'Fn::GetAtt': [queue, 'Arn'] } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: expect.arrayContaining([{ ExpirationInDays: 30, Status: 'Enabled' }]) },
    })
    expect([...resources.values()].filter(({ Type }) => /^Custom::|CustomResource$/.test(Type))).toEqual([])
  })

  test('lets the janitor send its dead letters back, and tells it the queue', () => {
    expect(allowedTo(resources, roleOf(resources, 'janitor'))).toContain(`sqs:SendMessage on <${queue}.Arn>`)
    const { STREAM_QUEUES: told } = environmentOf(functionNamed(resources, 'janitor'))
    expect(JSON.parse(text(told))).toEqual({ own: `<${queue}.QueueName>` })
  })

  test('comes after the policy of the queue, which lets S3 send for this account', () => {
    const policy = idOf(resources, 'AWS::SQS::QueuePolicy', 'IntakeStreamsownNotificationsPolicy')
    expect(resources.get(bucket)).toMatchObject({ DependsOn: [policy] })
    expect(resources.get(policy)?.Properties).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          {
            Action: 'sqs:SendMessage',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
          },
        ]),
      },
    })
    expect(JSON.stringify(resources.get(policy))).not.toContain(bucket)
  })

  test('is written by a role that only GitHub can assume, and only for this enterprise', () => {
    const role = idOf(resources, 'AWS::IAM::Role', 'IntakeStreamsownBucketWriterRole')
    expect(resources.get(role)?.Properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                [`${issuer}:aud`]: 'sts.amazonaws.com',
                [`${issuer}:sub`]: 'https://github.com/octo-enterprise',
              },
            },
            Principal: { Federated: { 'Fn::GetAtt': [expect.any(String), 'Arn'] } },
          },
        ],
      },
    })
    expect(allowedTo(resources, role)).toEqual([`s3:PutObject on <${bucket}.Arn>/*`])
    expect(propertiesOf(resources, 'AWS::IAM::OIDCProvider', 'Intake')).toMatchObject({
      Url: `https://${issuer}`,
      ClientIdList: ['sts.amazonaws.com'],
    })
    expect(outputs.get('OwnWriterRole')).toEqual({ 'Fn::GetAtt': [role, 'Arn'] })
    expect(outputs.get('OwnStreamBucket')).toEqual({ Ref: bucket })
  })

  test('is read by a function that can do exactly this', () => {
    const ops = idOf(resources, 'AWS::S3::Bucket', 'OpsBucket')
    const bulk = idOf(resources, 'AWS::SQS::Queue', 'DeliveryRecordsBulk')
    const logs = idOf(resources, 'AWS::Logs::LogGroup', 'IntakeStreamsownReaderLogs')
    expect(allowedTo(resources, roleOf(resources, type))).toEqual(
      [
        `logs:CreateLogStream on <${logs}.Arn>`,
        `logs:PutLogEvents on <${logs}.Arn>`,
        `s3:DeleteObject on <${ops}.Arn>/state/own/jobs/open/*`,
        `s3:GetObject on <${bucket}.Arn>/*`,
        `s3:GetObject on <${ops}.Arn>/state/own/*`,
        `s3:ListBucket on <${bucket}.Arn>`,
        `s3:ListBucket on <${ops}.Arn>`,
        `s3:PutObject on <${ops}.Arn>/claims/*`,
        `s3:PutObject on <${ops}.Arn>/state/own/*`,
        `s3:PutObject on <${ops}.Arn>/unsent/*`,
        `sqs:DeleteMessage on <${queue}.Arn>`,
        `sqs:GetQueueAttributes on <${queue}.Arn>`,
        `sqs:ReceiveMessage on <${queue}.Arn>`,
        `sqs:SendMessage on <${bulk}.Arn>`,
      ].sort(),
    )
  })

  test('has its messages hidden for at most ten minutes, and dead letters that are archived', () => {
    const dead = idOf(resources, 'AWS::SQS::Queue', 'IntakeStreamsownDeadLetters')
    expect(resources.get(queue)?.Properties).toMatchObject({
      VisibilityTimeout: 540,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [dead, 'Arn'] }, maxReceiveCount: 5 },
    })
    expect(functionNamed(resources, type)).toMatchObject({ Timeout: 90 })
    const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)
    const ofReader = mappings.find(({ EventSourceArn }) => text(EventSourceArn) === `<${queue}.Arn>`)
    expect(ofReader).toMatchObject({
      ScalingConfig: { MaximumConcurrency: 2 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
    const ofArchive = mappings.find(({ EventSourceArn }) => text(EventSourceArn) === `<${dead}.Arn>`)
    expect(text(ofArchive?.FunctionName)).toMatch(/^<DeliveryDeadLetters/)
  })

  test('forgets which objects it has read after 15 days', () => {
    const rule = { ExpirationInDays: 15, Prefix: 'state/own/read/', Status: 'Enabled' }
    expect(propertiesOf(resources, 'AWS::S3::Bucket', 'OpsBucket')).toMatchObject({
      LifecycleConfiguration: { Rules: expect.arrayContaining([rule]) },
    })
  })
})

test('several streams share the one identity provider that an account can have', () => {
  const { resources } = withStreams(stream('one'), stream('two'))
  expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toHaveLength(1)
})

test('an identity provider that is there already is used', () => {
  const arn = `arn:aws:iam::123456789012:oidc-provider/${issuer}`
  const { resources } = withStreams(stream('own', { oidcProviderArn: arn }))
  expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toEqual([])
  const role = propertiesOf(resources, 'AWS::IAM::Role', 'IntakeStreamsownBucketWriterRole')
  expect(role).toMatchObject({ AssumeRolePolicyDocument: { Statement: [{ Principal: { Federated: arn } }] } })
})

test('without OIDC a user writes, whose key is in a secret and in no output', () => {
  const { resources, outputs } = withStreams(stream('keyed', { access: 'user-key' }))
  const user = idOf(resources, 'AWS::IAM::User', 'IntakeStreamskeyedBucketWriterUser')
  const bucket = idOf(resources, 'AWS::S3::Bucket', 'IntakeStreamskeyedBucket')
  const policy = propertiesOf(resources, 'AWS::IAM::Policy', 'IntakeStreamskeyedBucketWriterUser')
  expect(policy).toMatchObject({ Users: [{ Ref: user }] })
  const { PolicyDocument } = policy
  expect(PolicyDocument).toMatchObject({
    Statement: [
      {
        Action: 's3:PutObject',
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, '/*']] },
      },
    ],
  })
  const secret = idOf(resources, 'AWS::SecretsManager::Secret', 'IntakeStreamskeyedBucketWriterKeySecret')
  expect(text(resources.get(secret)?.Properties.SecretString)).toMatch(
    /^\{"accessKeyId":"<.+>","secretAccessKey":"<.+\.SecretAccessKey>"\}$/,
  )
  expect(outputs.get('KeyedWriterKey')).toEqual({ Ref: secret })
  expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toEqual([])
})

test('a token for the configuration of the stream has a secret that only its reader can read', () => {
  const { resources, outputs } = withStreams(stream('watched', { configuration: 'watch' }))
  expect(outputs.get('WatchedSecretArn')).toEqual({ Ref: 'WatchedSecret' })
  expect(allowedTo(resources, roleOf(resources, type))).toContain('secretsmanager:GetSecretValue on <WatchedSecret>')
})

describe('a stream into an existing bucket of another account', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/1234'
  const { resources, outputs } = withStreams(
    stream('foreign', { bucket: 'their-logs', bucketAccount: '111122223333', bucketKeyArn: key }),
  )

  test('makes no bucket, no writer and no identity provider', () => {
    expect(ofType(resources, 'AWS::S3::Bucket').map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'OpsBucket',
      'LakeBucket',
    ])
    expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toEqual([])
    expect([...outputs.keys()]).not.toContain('ForeignWriterRole')
  })

  test('lets exactly that bucket of that account send messages', () => {
    expect(propertiesOf(resources, 'AWS::SQS::QueuePolicy', 'IntakeStreamsforeignNotificationsPolicy')).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Action: 'sqs:SendMessage',
            Condition: {
              ArnEquals: {
                'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::their-logs']] },
              },
              StringEquals: { 'aws:SourceAccount': '111122223333' },
            },
          }),
        ]),
      },
    })
  })

  test('is read with its key, and checks the owner of the bucket', () => {
    const allowed = allowedTo(resources, roleOf(resources, type))
    expect(allowed).toContain(`kms:Decrypt on ${key}`)
    expect(allowed).toContain('s3:GetObject on arn:<AWS::Partition>:s3:::their-logs/*')
    expect(text(propertiesOf(resources, 'AWS::Lambda::Function', 'IntakeStreamsforeignReader'))).toContain(
      '111122223333',
    )
  })

  test('names the one command that its owner runs', () => {
    expect(text(outputs.get('ForeignOwnerCommand'))).toMatch(
      /^npm run open-bucket -- --bucket their-logs --queue <.+\.Arn> --reader <.+\.Arn>$/,
    )
  })
})
