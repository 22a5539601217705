import { execFile } from 'node:child_process'
import path from 'node:path'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { LocalRun } from '../../local/run.ts'
import { createdMessages, queueFor, reader, runTemplate, s3Of } from '../support/stream-template.ts'

const foreignAccountId = '111111111111'
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:created'
const role = 'arn:aws:iam::000000000000:role/stream-reader'
const asked = ['--bucket', 'foreign-logs', '--queue', queueArn, '--reader', role]
const foreign = {
  ...queueFor({
    ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::foreign-logs' },
    StringEquals: { 'aws:SourceAccount': foreignAccountId },
  }),
  ...reader('foreign-logs', 'test-stream', { bucketAccount: foreignAccountId }),
}

/** A run whose foreign bucket is still closed, and the command with the credentials of its owner. */
async function startClosed(openBuckets = false) {
  const run = await runTemplate(foreign, { openBuckets })
  const owner = run.gateway.principals.create('owner')
  run.permissions.represent('owner', `arn:aws:iam::${foreignAccountId}:root`)
  const command = (...args: string[]) => openBucket(run, owner, args.length > 0 ? args : asked)
  const { objects } = run.gateway
  return { run, command, objects, owner, facts: () => objects.factsOf('foreign-logs') }
}

function openBucket(run: LocalRun, key: { accessKeyId: string; secretAccessKey: string }, args: readonly string[]) {
  const file = path.join(import.meta.dirname, '../../cli/open-bucket.ts')
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL_S3: run.gateway.url,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  return new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    )
  })
}

test('opens a bucket: the queue is notified, the reader reads it, and a second run changes nothing', async () => {
  const { run, command, facts } = await startClosed()
  const { status, stdout, stderr } = await command()
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toBe(
    [
      'Bucket foreign-logs in us-east-1',
      `  notification "AuditLake" of created objects to ${queueArn}: added`,
      `  statement "AuditLake" for ${role} (s3:GetObject, s3:ListBucket): added`,
      '  all other notifications and statements stay as they are',
      '',
    ].join('\n'),
  )
  await s3Of(run).send(new PutObjectCommand({ Bucket: 'foreign-logs', Key: 'a', Body: 'x' }))
  expect(await createdMessages(run)).toMatchObject([{ Event: 's3:TestEvent' }, { Records: [{}] }])
  const readers = s3Of(run, run.functionNamed('reader').surroundings.principal)
  await readers.send(new GetObjectCommand({ Bucket: 'foreign-logs', Key: 'a' }))
  const before = facts()
  const again = await command(...asked, '--json')
  expect(JSON.parse(again.stdout)).toEqual({
    bucket: 'foreign-logs',
    region: 'us-east-1',
    queueArn,
    role,
    dryRun: false,
    notification: 'unchanged',
    policy: 'unchanged',
    encryption: 'own-keys-of-s3',
  })
  expect(facts()).toEqual(before)
  expect(await createdMessages(run)).toEqual([])
})

test('leaves a bucket as the local run opens one', async () => {
  const { command } = await startClosed(true)
  const { stdout } = await command(...asked, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ notification: 'unchanged', policy: 'unchanged' })
})

test('keeps other notifications and statements', async () => {
  const { command, objects, facts, run } = await startClosed()
  run.gateway.queues.ensureQueue('others')
  const others = run.gateway.queues.queueArn('others')
  const statement = {
    Sid: 'Theirs',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: 'arn:aws:s3:::foreign-logs/x',
  }
  objects.ensureBucket('foreign-logs', { policy: JSON.stringify({ Version: '2012-10-17', Statement: statement }) })
  const rule = { id: 'theirs', queueArn: others, events: ['s3:ObjectTagging:*'], prefix: 'a & b/', suffix: '.<gz>' }
  const notifications = [rule]
  objects.ensureBucket('foreign-logs', { notifications })
  // The owner's own queue accepts messages of the bucket.
  run.permissions.guard([
    {
      id: 'Others[0]',
      effect: 'Allow',
      actions: ['sqs:SendMessage'],
      resources: [others],
      conditions: [],
      principals: ['s3.amazonaws.com'],
    },
  ])
  expect(await command()).toMatchObject({ status: 0 })
  expect(facts().notifications).toEqual([
    rule,
    { id: 'AuditLake', queueArn, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' },
  ])
  expect(JSON.parse(facts().policy ?? '')).toMatchObject({
    Version: '2012-10-17',
    Statement: [statement, { Sid: 'AuditLake' }],
  })
})

test('a dry run shows the changes and makes none', async () => {
  const { command, facts } = await startClosed()
  const before = facts()
  const { status, stdout } = await command(...asked, '--dry-run')
  expect(status).toBe(0)
  expect(stdout).toContain(`${queueArn}: would be added\n`)
  expect(stdout).toContain('Nothing was changed, because of --dry-run.\n')
  expect(facts()).toEqual(before)
})

test('prints the statement that the key of an encrypted bucket needs', async () => {
  const { command, objects } = await startClosed()
  const kmsKeyArn = 'arn:aws:kms:us-east-1:111111111111:key/0b2c'
  objects.ensureBucket('foreign-logs', { kmsKeyArn })
  const { stdout } = await command()
  expect(stdout).toContain(`the KMS key ${kmsKeyArn}. Add this statement to the policy of that key:\n    {\n`)
  expect(stdout).toContain('"Action": "kms:Decrypt"')
  expect(stdout).toContain('Name the key as bucketKeyArn in the settings of the source')
  const { stdout: json } = await command(...asked, '--json')
  expect(JSON.parse(json)).toMatchObject({
    encryption: 'kms',
    kmsKey: kmsKeyArn,
    kmsStatement: { Effect: 'Allow', Principal: { AWS: role }, Action: 'kms:Decrypt', Resource: '*' },
  })
  objects.ensureBucket('foreign-logs', { kmsKeyArn: 'arn:aws:kms:us-east-1:111111111111:alias/aws/s3' })
  expect((await command()).stdout).toContain('the key that AWS manages for S3, which no other account can use')
})

test('ends with the reason and changes nothing', async () => {
  const { command, objects, facts, run } = await startClosed()
  const fails = async (args: readonly string[], reason: string | RegExp) => {
    const before = facts()
    const { status, stdout, stderr } = await command(...args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(reason)
    expect(facts()).toEqual(before)
  }
  await fails(['--bucket', 'foreign-logs'], '--queue should be the ARN of the queue')
  await fails(asked.with(1, 'Foreign'), '--bucket should be the name of the bucket')
  await fails(asked.with(5, 'stream-reader'), '--reader should be the ARN of the reader')
  objects.ensureBucket('foreign-logs', { region: 'eu-west-1' })
  await fails(
    asked,
    'The bucket foreign-logs is in eu-west-1 and the queue in us-east-1, but S3 notifies queues of its own',
  )
  objects.ensureBucket('foreign-logs', { region: 'us-east-1' })
  const rule = { id: 'theirs', queueArn, events: ['s3:ObjectCreated:Put'], prefix: 'x', suffix: '' }
  objects.ensureBucket('foreign-logs', { notifications: [rule] })
  await fails(asked, /already sends s3:ObjectCreated:Put to the queue \S+ \(notification "theirs"\)/)
  const missing = await openBucket(run, run.ready.credentials, asked.with(1, 'nobodys-logs'))
  expect(missing.stderr).toBe('There is no bucket nobodys-logs.\n')
  const stranger = run.gateway.principals.create('stranger')
  const { stderr } = await openBucket(run, stranger, asked)
  expect(stderr).toBe('The credentials may not see the bucket foreign-logs: use those of its owner.\n')
})

test('a queue that does not know the bucket is named, with the remedy', async () => {
  const { command, facts, run } = await startClosed()
  run.gateway.queues.ensureQueue('unaware')
  const { status, stderr } = await command(...asked.with(3, run.gateway.queues.queueArn('unaware')))
  expect(status).toBe(1)
  expect(stderr).toContain('the queue does not accept messages about it. Deploy the stack first')
  expect(facts().notifications).toEqual([])
})
