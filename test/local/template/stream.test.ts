import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { assumeWithWebIdentity } from '../../../local/aws/iam/assume-role.ts'
import type { JsonObject } from '../../../local/json.ts'
import type { LocalRun } from '../../../local/run.ts'
import { streamSources } from '../../../local/sources.ts'
import { temporaryFolder } from '../../support/clients.ts'
import {
  createdMessages,
  issuer,
  ownBucket,
  queueFor,
  reader,
  runTemplate,
  s3Of,
  trustedSubject,
  userWithKey,
  webIdentityRole,
} from '../../support/stream-template.ts'

const put = (s3: S3Client, Bucket: string, Key = 'a/b', Body = 'x') =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const refusal = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

describe('the notifications of a bucket', () => {
  test('go to the queue that the template names, across starts, with one test message', async () => {
    const dataDir = await temporaryFolder()
    for (const key of ['first', 'second']) {
      const run = await runTemplate(ownBucket(), { dataDir })
      await put(s3Of(run), 'stream', key)
      await run.stop()
    }
    const messages = await createdMessages(await runTemplate(ownBucket(), { dataDir }))
    expect(messages).toMatchObject([
      { Event: 's3:TestEvent' },
      { Records: [{ s3: { object: { key: 'first' } } }] },
      { Records: [{ s3: { object: { key: 'second' } } }] },
    ])
  })

  test('are decided by the policy of the queue, as of S3', async () => {
    const run = await runTemplate(ownBucket())
    await put(s3Of(run), 'stream')
    const granted = run.permissions.grants().filter(({ action }) => action === 'sqs:SendMessage')
    expect(granted).toMatchObject([{ principal: 's3.amazonaws.com', statement: 'CreatedPolicy[0]' }])
  })

  test.each<[string, JsonObject, string]>([
    [
      'a queue whose policy allows another account only',
      { ...ownBucket(), ...queueFor({ StringEquals: { 'aws:SourceAccount': '222222222222' } }) },
      'Stream (AWS::S3::Bucket): Unable to validate the following destination configurations',
    ],
    [
      'a queue whose policy allows another bucket only',
      { ...ownBucket(), ...queueFor({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } }) },
      'Unable to validate the following destination configurations',
    ],
    [
      'a filter',
      ownBucket({ QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: 'arn', Filter: { S3Key: {} } }] }),
      'does not support Filter',
    ],
    ['a topic', ownBucket({ TopicConfigurations: [] }), 'does not support TopicConfigurations'],
    ['a function', ownBucket({ LambdaConfigurations: [] }), 'does not support LambdaConfigurations'],
    ['an event bus', ownBucket({ EventBridgeConfiguration: {} }), 'does not support EventBridgeConfiguration'],
  ])('cannot have %s', async (_, resources, message) => {
    await expect(runTemplate(resources)).rejects.toThrow(message)
  })
})

const identity = { issuer, audience: 'sts.amazonaws.com', subject: trustedSubject }
const roleArn = 'arn:aws:iam::000000000000:role/stream-writer'
const assume = ({ permissions, gateway }: LocalRun, more: Partial<typeof identity> = {}, role = roleArn) =>
  assumeWithWebIdentity(role, { ...identity, ...more }, { permissions, principals: gateway.principals })

describe('a role for web identities', () => {
  test('can put objects into its bucket and do nothing else', async () => {
    const run = await runTemplate({ ...ownBucket(), ...webIdentityRole() })
    run.gateway.objects.ensureBucket('elsewhere')
    run.gateway.secrets.ensureSecret({ name: 'secret', arn: 'arn:secret', value: 'x' })
    const key = assume(run)
    if (!key) throw new Error('the role cannot be assumed')
    const s3 = s3Of(run, key)
    await put(s3, 'stream')
    expect(await createdMessages(run)).toHaveLength(2)
    const object = { Bucket: 'stream', Key: 'a/b' }
    for (const call of [
      () => s3.send(new GetObjectCommand(object)),
      () => s3.send(new DeleteObjectCommand(object)),
      () => s3.send(new ListObjectsV2Command({ Bucket: 'stream' })),
      () => put(s3, 'elsewhere'),
    ]) {
      await expect(call()).rejects.toMatchObject(refusal)
    }
    await expect(s3.send(new HeadObjectCommand(object))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
    const client = { endpoint: run.gateway.url, region: run.ready.region, credentials: key, maxAttempts: 1 }
    const [sqs, secrets] = [new SQSClient(client), new SecretsManagerClient(client)]
    onTestFinished(() => [sqs, secrets].forEach((one) => void one.destroy()))
    const message = { QueueUrl: run.gateway.queues.queueUrl('created'), MessageBody: 'x' }
    await expect(sqs.send(new SendMessageCommand(message))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'secret' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    const trust = { action: 'sts:AssumeRoleWithWebIdentity', resource: roleArn, statement: 'Writer[0]' }
    expect(run.permissions.grants()).toContainEqual(expect.objectContaining(trust))
  })

  test.each([
    ['another subject', { subject: 'https://example.com/other' }],
    ['a subject in other letters', { subject: trustedSubject.toUpperCase() }],
    ['another audience', { audience: 'somebody' }],
    ['another issuer', { issuer: 'https://tokens.example.org' }],
  ])('is not assumed with %s', async (_, more) => {
    const run = await runTemplate({ ...ownBucket(), ...webIdentityRole() })
    expect(assume(run, more)).toBeUndefined()
    const action = 'sts:AssumeRoleWithWebIdentity'
    expect(run.permissions.refused).toMatchObject([{ action, resource: roleArn, statement: null }])
  })

  test('is not assumed for an audience that the provider does not list', async () => {
    const resources = { ...ownBucket(), ...webIdentityRole() }
    const Properties = { Url: issuer, ClientIdList: ['another'] }
    const run = await runTemplate({ ...resources, Issuer: { Type: 'AWS::IAM::OIDCProvider', Properties } })
    expect(assume(run)).toBeUndefined()
  })

  test('is not every role: one for functions trusts no web identity', async () => {
    const run = await runTemplate({ ...ownBucket(), ...webIdentityRole(), ...reader({ Ref: 'Stream' }) })
    expect(assume(run, {}, 'arn:aws:iam::000000000000:role/stream-reader')).toBeUndefined()
  })

  test('gives keys that count only with their session token', async () => {
    const run = await runTemplate({ ...ownBucket(), ...webIdentityRole() })
    const { sessionToken: _, ...key } = assume(run) ?? { accessKeyId: '', secretAccessKey: '' }
    await expect(put(s3Of(run, key), 'stream')).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
  })

  test('may trust a provider that the account has already', async () => {
    const { Issuer: _, ...resources } = { ...ownBucket(), ...webIdentityRole() }
    const text = JSON.stringify(resources).replaceAll(
      '{"Ref":"Issuer"}',
      '"arn:aws:iam::000000000000:oidc-provider/tokens.example.com"',
    )
    const parsed: JsonObject = JSON.parse(text)
    const run = await runTemplate(parsed)
    expect(assume(run)).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) })
    expect(assume(run, { subject: 'other' })).toBeUndefined()
  })
})

test("a user's key is the same after a restart, and may do what the user's policies allow", async () => {
  const dataDir = await temporaryFolder()
  const keys: unknown[] = []
  for (const round of [1, 2]) {
    const run = await runTemplate({ ...ownBucket(), ...userWithKey() }, { dataDir })
    const key = JSON.parse(run.gateway.secrets.current('stream-key'))
    keys.push(key)
    const s3 = s3Of(run, key)
    await put(s3, 'stream', `of-${round}`)
    await expect(s3.send(new GetObjectCommand({ Bucket: 'stream', Key: `of-${round}` }))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('arn:aws:iam::000000000000:user/stream-user'),
    })
    expect(run.permissions.grants()).toContainEqual(
      expect.objectContaining({ principal: 'stream-user', action: 's3:PutObject', statement: 'Put[0]' }),
    )
    await run.stop()
  }
  expect(keys[0]).toEqual(keys[1])
})

describe('a bucket that the template names without making it', () => {
  const foreign = {
    ...queueFor({
      ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::foreign-logs' },
      StringEquals: { 'aws:SourceAccount': '111111111111' },
    }),
    ...reader('foreign-logs', 'test-stream', { bucketAccount: '111111111111' }),
  }
  const asReader = (run: LocalRun) => s3Of(run, run.functionNamed('reader').surroundings.principal)

  test('is made and opened: its objects are reported and the reader reads them', async () => {
    const run = await runTemplate(foreign)
    expect(run.ready.buckets).toEqual({ stream: 'foreign-logs' })
    await put(s3Of(run), 'foreign-logs')
    expect(await createdMessages(run)).toMatchObject([{ Event: 's3:TestEvent' }, { Records: [{}] }])
    const s3 = asReader(run)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'foreign-logs', Key: 'a/b' }))
    expect(await Body?.transformToString()).toBe('x')
    await expect(s3.send(new GetObjectCommand({ Bucket: 'foreign-logs', Key: 'missing' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    })
    await expect(put(s3, 'foreign-logs')).rejects.toMatchObject(refusal)
  })

  test('needs a statement of its own policy beside that of the role', async () => {
    const run = await runTemplate(foreign, { openBuckets: false })
    await put(s3Of(run), 'foreign-logs')
    expect(await createdMessages(run)).toEqual([])
    const get = () => asReader(run).send(new GetObjectCommand({ Bucket: 'foreign-logs', Key: 'a/b' }))
    await expect(get()).rejects.toMatchObject(refusal)
    const policy = (Principal: JsonObject, Effect = 'Allow') => {
      const statement = { Effect, Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::foreign-logs/*' }
      return { policy: JSON.stringify({ Statement: [statement] }) }
    }
    const of = (role: string) => ({ AWS: `arn:aws:iam::000000000000:role/${role}` })
    run.gateway.objects.ensureBucket('foreign-logs', policy(of('other')))
    await expect(get()).rejects.toMatchObject(refusal)
    run.gateway.objects.ensureBucket('foreign-logs', policy(of('stream-reader')))
    await get()
    run.gateway.objects.ensureBucket('foreign-logs', policy({ AWS: '*' }, 'Deny'))
    await expect(get()).rejects.toMatchObject(refusal)
  })

  test.each([true, false])(
    'of the same account is readable by the role, which is used (opened: %j)',
    async (openBuckets) => {
      const own = { ...queueFor({ StringEquals: { 'aws:SourceAccount': '000000000000' } }), ...reader('own-logs') }
      const dataDir = await temporaryFolder()
      const run = await runTemplate(own, { dataDir, openBuckets })
      await put(s3Of(run), 'own-logs')
      await asReader(run).send(new GetObjectCommand({ Bucket: 'own-logs', Key: 'a/b' }))
      const decisions = await readFile(path.join(dataDir, 'decisions.ndjson'), 'utf8')
      expect(decisions).toMatch(/"action":"s3:GetObject",.*"statement":"ReaderRole\.Policies\[0\]\[0\]"/)
    },
  )

  test('is not readable by its policy alone', async () => {
    const { ReaderRole, ...others } = foreign
    const role = JSON.parse(JSON.stringify(ReaderRole).replaceAll('foreign-logs', 'other-logs'))
    const run = await runTemplate({ ...others, ReaderRole: role })
    await put(s3Of(run), 'foreign-logs')
    const get = new GetObjectCommand({ Bucket: 'foreign-logs', Key: 'a/b' })
    await expect(asReader(run).send(get)).rejects.toMatchObject(refusal)
  })

  test('keeps what its owner changed, across starts', async () => {
    const dataDir = await temporaryFolder()
    const first = await runTemplate(foreign, { dataDir, openBuckets: false })
    const policy = JSON.stringify({ Statement: [] })
    first.gateway.objects.ensureBucket('foreign-logs', { policy })
    await first.stop()
    const second = await runTemplate(foreign, { dataDir, openBuckets: false })
    expect(second.gateway.objects.factsOf('foreign-logs')).toMatchObject({ owner: '111111111111', policy })
  })

  test('cannot notify a queue whose policy allows another bucket', async () => {
    const other = { ...foreign, ...queueFor({ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } }) }
    await expect(runTemplate(other)).rejects.toThrow('Unable to validate the following destination configurations')
  })
})

test('a stream is found by its function; its bucket stands beside those of the stack under its id', async () => {
  const resources = { ...ownBucket(), ...reader({ Ref: 'Stream' }, 'test-stream', { enterprise: 'octo' }) }
  const outputs = { LakeBucketName: 'lake', OpsBucketName: 'ops', OtherBucketName: 'other' }
  const run = await runTemplate(resources, { outputs })
  expect(run.ready.buckets).toEqual({ lake: 'lake', ops: 'ops', stream: 'stream' })
  expect(run.ready.secrets).toEqual({})
  expect(streamSources(run)).toMatchObject([
    { id: 'stream', type: 'test-stream', bucket: 'stream', options: { enterprise: 'octo' }, functionName: 'reader' },
  ])
})
