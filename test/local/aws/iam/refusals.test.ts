import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../../local/aws/iam/decision-log.ts'
import { Permissions } from '../../../../local/aws/iam/permissions.ts'
import { parsePolicy } from '../../../../local/aws/iam/policy.ts'
import { operator } from '../../../../local/aws/iam/principals.ts'
import type { JsonObject } from '../../../../local/json.ts'
import { startStack } from '../../../support/clients.ts'

const accountId = '000000000000'
const role = `arn:aws:iam::${accountId}:role/tester-role`
const queue = `arn:aws:sqs:us-east-1:${accountId}:records`
const secret = `arn:aws:secretsmanager:us-east-1:${accountId}:secret:github-a1b2c3`

/** Stores with one bucket, queue and secret, and a client under a role with these statements. */
async function startAllowed(...statements: JsonObject[]) {
  const decisions: Decision[] = []
  const permissions = new Permissions({ accountId, onDecision: (decision) => decisions.push(decision) })
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Resource: role,
  }
  permissions.guard(parsePolicy('Role', { Statement: trust }))
  permissions.attach(role, parsePolicy('Policy', { Statement: statements }))
  expect(permissions.assume('tester', role)).toBe(true)
  const stack = await startStack({ interceptors: [permissions.interceptor] })
  stack.gateway.objects.ensureBucket('lake')
  stack.gateway.queues.ensureQueue('records')
  stack.gateway.secrets.ensureSecret({ name: 'github', arn: secret, value: 'the secret itself' })
  return { ...stack, permissions, decisions, QueueUrl: stack.gateway.queues.queueUrl('records') }
}

const allow = (Action: string | string[], Resource: string): JsonObject => ({ Effect: 'Allow', Action, Resource })
const object = { Bucket: 'lake', Key: 'data/a' }
const user = `arn:aws:sts::${accountId}:assumed-role/tester-role/tester`

test('each service refuses in its own form and names caller and action', async () => {
  const { s3, sqs, secrets, QueueUrl } = await startAllowed()
  await expect(s3.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: ${user} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/data/a`,
    $metadata: { httpStatusCode: 403 },
  })
  await expect(s3.send(new HeadObjectCommand(object))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(`not authorized to perform: sqs:SendMessage on resource: ${queue}`),
    $metadata: { httpStatusCode: 403 },
  })
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'github' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`secretsmanager:GetSecretValue on resource: ${secret}`),
    $metadata: { httpStatusCode: 400 },
  })
})

test('allowed calls succeed; refused ones leave nothing behind', async () => {
  const { s3, sqs, secrets, QueueUrl, gateway } = await startAllowed(
    allow('s3:PutObject', 'arn:aws:s3:::lake/data/*'),
    allow('sqs:SendMessage', queue),
    allow('secretsmanager:GetSecretValue', secret),
  )
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  await expect(s3.send(new PutObjectCommand({ ...object, Key: 'tables/a', Body: 'x' }))).rejects.toThrow('tables/a')
  await expect(s3.send(new DeleteObjectCommand(object))).rejects.toThrow('s3:DeleteObject')
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] }))
  expect(gateway.queues.counts('records').ready).toBe(1)
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'github' }))).toMatchObject({ Name: 'github' })
})

test('a missing object is 404 to callers that may list the bucket, and 403 to others', async () => {
  const get = allow('s3:GetObject', 'arn:aws:s3:::lake/*')
  const below = {
    ...allow('s3:ListBucket', 'arn:aws:s3:::lake'),
    Condition: { StringLike: { 's3:prefix': 'data/*' } },
  }
  const answers = async (...statements: JsonObject[]) => {
    const { s3 } = await startAllowed(...statements)
    const results = await Promise.allSettled([
      s3.send(new GetObjectCommand(object)),
      s3.send(new HeadObjectCommand(object)),
    ])
    return results.map((result) => result.status === 'rejected' && Object(result.reason).$metadata.httpStatusCode)
  }
  expect(await answers(get)).toEqual([403, 403])
  expect(await answers(get, allow('s3:ListBucket', 'arn:aws:s3:::lake'))).toEqual([404, 404])
  // A request without a prefix.
  expect(await answers(get, below)).toEqual([403, 403])
})

test('a policy can allow lists below one prefix only', async () => {
  const { s3 } = await startAllowed({
    ...allow('s3:ListBucket', 'arn:aws:s3:::lake'),
    Condition: { StringLike: { 's3:prefix': 'data/*' } },
  })
  await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'data/' }))
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'tables/' }))).rejects.toThrow(
    's3:ListBucket',
  )
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: '' }))).rejects.toThrow('s3:ListBucket')
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'lake' }))).rejects.toThrow('s3:ListBucket')
})

test('replacing a certain version needs the permission to read it', async () => {
  const { s3 } = await startAllowed(allow('s3:PutObject', 'arn:aws:s3:::lake/*'))
  const { ETag } = await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  await s3.send(new PutObjectCommand({ ...object, Body: 'y' }))
  await expect(s3.send(new PutObjectCommand({ ...object, Body: 'z', IfMatch: ETag }))).rejects.toThrow('s3:GetObject')
})

test("a bucket's policy denies what the role allows, but nothing for lack of TLS", async () => {
  const { s3, permissions } = await startAllowed(allow('s3:*', 'arn:aws:s3:::lake/*'))
  const deny = (condition: JsonObject, resource: string) => ({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: resource,
    Condition: condition,
  })
  permissions.guard(
    parsePolicy('BucketPolicy', {
      Statement: [
        deny({ Bool: { 'aws:SecureTransport': 'false' } }, 'arn:aws:s3:::lake/*'),
        deny({ Bool: { 'aws:SecureTransport': 'true' } }, 'arn:aws:s3:::lake/denied/*'),
      ],
    }),
  )
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  await expect(s3.send(new PutObjectCommand({ ...object, Key: 'denied/a', Body: 'x' }))).rejects.toThrow('denied/a')
})

describe("a bucket's policy that enforces conditional writes", () => {
  const deny = (...conditions: JsonObject[]) =>
    parsePolicy('BucketPolicy', {
      Statement: conditions.map((Condition) => ({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 's3:PutObject',
        Resource: 'arn:aws:s3:::lake/data/*',
        Condition,
      })),
    })
  const unconditional = { Null: { 's3:if-none-match': 'true' } }

  test.each([
    ['for every request', unconditional],
    ['except the parts of multipart uploads', { ...unconditional, Bool: { 's3:ObjectCreationOperation': 'true' } }],
  ])('%s, lets a key be written once, and again after its deletion', async (_, condition) => {
    const { s3, permissions } = await startAllowed(allow('s3:*', 'arn:aws:s3:::lake/*'))
    permissions.guard(deny(condition))
    const put = { ...object, Body: 'x' }
    await expect(s3.send(new PutObjectCommand(put))).rejects.toMatchObject({ name: 'AccessDenied' })
    const { ETag } = await s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }))
    await expect(s3.send(new PutObjectCommand({ ...put, IfMatch: ETag }))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    await expect(s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }))).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await s3.send(new DeleteObjectCommand(object))
    await s3.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }))
    await s3.send(new PutObjectCommand({ ...put, Key: 'tables/a' }))
  })

  test('binds the operator as well, is logged, and is no grant', async () => {
    const { s3, gateway, permissions, decisions } = await startAllowed()
    const granted = permissions.grants()
    permissions.guard(deny(unconditional))
    const { accessKeyId, secretAccessKey } = gateway.principals.create(operator)
    s3.config.credentials = async () => ({ accessKeyId, secretAccessKey })
    await expect(s3.send(new PutObjectCommand({ ...object, Body: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    await s3.send(new PutObjectCommand({ ...object, Body: 'x', IfNoneMatch: '*' }))
    expect(permissions.grants()).toEqual(granted)
    expect(decisions.slice(1)).toMatchObject([
      { principal: operator, allowed: false, statement: 'BucketPolicy[0]' },
      { principal: operator, allowed: true, statement: operator },
    ])
  })
})

test('every decision is logged with its statement; the operator may do everything', async () => {
  const { s3, gateway, permissions, decisions } = await startAllowed(allow('s3:GetObject', 'arn:aws:s3:::lake/*'))
  await expect(s3.send(new GetObjectCommand(object))).rejects.toThrow()
  const { accessKeyId, secretAccessKey } = gateway.principals.create(operator)
  s3.config.credentials = async () => ({ accessKeyId, secretAccessKey })
  await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const listing = {
    time,
    principal: 'tester',
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::lake',
    allowed: false,
    statement: null,
  }
  const reading = {
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::lake/data/a',
    allowed: true,
    statement: 'Policy[0]',
  }
  expect(decisions.slice(1)).toEqual([
    { time, principal: 'tester', ...reading },
    listing,
    { time, principal: operator, ...reading, action: 's3:PutObject', statement: operator },
  ])
  expect(permissions.refused).toEqual([listing])
  expect(permissions.seen).toBe(3)
})

test('a caller without a role may do nothing', async () => {
  const { s3, gateway } = await startAllowed(allow('*', '*'))
  const { accessKeyId, secretAccessKey } = gateway.principals.create('stranger')
  s3.config.credentials = async () => ({ accessKeyId, secretAccessKey })
  await expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' })
})
