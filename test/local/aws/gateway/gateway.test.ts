import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { startGateway } from '../../../../local/aws/gateway/gateway.ts'
import { type Call, type Interceptor, ServiceError } from '../../../../local/aws/store.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

test('each service refuses an unknown access key in its own form', async () => {
  const { gateway } = await startStack()
  gateway.objects.ensureBucket('lake')
  const client = {
    endpoint: gateway.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' },
  }
  const forbidden = { $metadata: { httpStatusCode: 403 } }
  const object = { Bucket: 'lake', Key: 'k' }
  await expect(new S3Client(client).send(new GetObjectCommand(object))).rejects.toMatchObject({
    ...forbidden,
    name: 'InvalidAccessKeyId',
  })
  await expect(new S3Client(client).send(new HeadObjectCommand(object))).rejects.toMatchObject(forbidden)
  await expect(
    new SQSClient(client).send(new ReceiveMessageCommand({ QueueUrl: gateway.queues.queueUrl('q') })),
  ).rejects.toMatchObject({ ...forbidden, name: 'UnrecognizedClientException' })
  await expect(
    new SecretsManagerClient(client).send(new GetSecretValueCommand({ SecretId: 's' })),
  ).rejects.toMatchObject({ ...forbidden, name: 'UnrecognizedClientException' })
})

test('a request without a signature, a presigned one and one for another region are refused', async () => {
  const { gateway, s3 } = await startStack()
  const get = async (path: string) => {
    const answer = await fetch(`${gateway.url}${path}`)
    return `${answer.status} ${/<Code>(\w+)/.exec(await answer.text())?.[1]}`
  }
  expect(await get('/lake/k')).toBe('403 InvalidAccessKeyId')
  expect(await get('/lake/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00')).toBe('501 NotImplemented')
  const credentials = await s3.config.credentials()
  const elsewhere = new S3Client({ endpoint: gateway.url, region: 'eu-west-1', credentials })
  await expect(elsewhere.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    message: expect.stringContaining('us-east-1'),
  })
})

test('interceptors see caller and IAM permissions of a call', async () => {
  const calls: Call[] = []
  const interceptor: Interceptor = (call, next) => {
    calls.push(call)
    return next()
  }
  const { s3, sqs, secrets, gateway } = await startStack({ interceptors: [interceptor] })
  gateway.objects.ensureBucket('lake')
  gateway.queues.ensureQueue('records')
  const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:github-a1b2c3'
  gateway.secrets.ensureSecret({ name: 'github', arn, value: 'x' })
  const object = { Bucket: 'lake', Key: 'a b/ü' }
  const { ETag } = await s3.send(new PutObjectCommand({ ...object, Body: 'x' }))
  await s3.send(new PutObjectCommand({ ...object, Body: 'y', IfMatch: ETag }))
  await s3.send(new HeadObjectCommand(object))
  const QueueUrl = gateway.queues.queueUrl('records')
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] }))
  await secrets.send(new GetSecretValueCommand({ SecretId: 'github' }))
  expect(calls.every(({ principal }) => principal === 'tester')).toBe(true)
  const objectArn = 'arn:aws:s3:::lake/a b/ü'
  const asked = calls.map(({ access }) => access.map(({ action, resource }) => [action, resource]))
  expect(asked).toEqual([
    [['s3:PutObject', objectArn]],
    [
      ['s3:PutObject', objectArn],
      ['s3:GetObject', objectArn],
    ],
    [['s3:GetObject', objectArn]],
    [['sqs:SendMessage', 'arn:aws:sqs:us-east-1:000000000000:records']],
    [['secretsmanager:GetSecretValue', arn]],
  ])
})

test("an interceptor refuses a call in the service's form, or changes the store's answer", async () => {
  const seen: string[] = []
  const { s3, sqs, gateway } = await startStack({
    interceptors: [
      async (call, next) => {
        seen.push(`first ${call.access[0]?.action}`)
        const answer = await next()
        return { ...answer, headers: { ...answer.headers, 'last-modified': new Date(0).toUTCString() } }
      },
      async (call, next) => {
        seen.push(`second ${call.access[0]?.action}`)
        if (call.service === 'sqs') throw new ServiceError(403, 'AccessDenied', `${call.principal} may not`)
        return next()
      },
    ],
  })
  gateway.objects.ensureBucket('lake')
  await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'x' }))
  expect((await s3.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'k' }))).LastModified).toEqual(new Date(0))
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: gateway.queues.queueUrl('q') }))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'tester may not',
  })
  const actions = ['s3:PutObject', 's3:GetObject', 'sqs:ReceiveMessage']
  expect(seen).toEqual(actions.flatMap((action) => [`first ${action}`, `second ${action}`]))
})

test('a failing store answers 500 and reports the fault', async () => {
  const faults: unknown[] = []
  const broken = new Error('disk on fire')
  const { s3 } = await startStack({
    onFault: (error) => faults.push(error),
    interceptors: [() => Promise.reject(broken)],
  })
  const put = s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'x' }))
  await expect(put).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } })
  expect(faults).toEqual([broken])
})

test('an error names a taken port', async () => {
  const { gateway } = await startStack()
  const port = Number(new URL(gateway.url).port)
  await expect(startGateway({ dataDir: await temporaryFolder(), port })).rejects.toThrow(`127.0.0.1:${port}`)
})
