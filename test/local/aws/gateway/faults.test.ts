import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { Faults } from '../../../../local/aws/gateway/faults.ts'
import { operator } from '../../../../local/aws/iam/principals.ts'
import { startStack } from '../../../support/clients.ts'

async function startFaulty() {
  const faults = new Faults()
  onTestFinished(() => faults.close())
  const said: unknown[] = []
  const stack = await startStack({ interceptors: [faults.interceptor], onFault: (error) => said.push(error) })
  stack.gateway.objects.ensureBucket('lake')
  stack.gateway.queues.ensureQueue('records')
  const { s3, sqs, gateway } = stack
  const QueueUrl = gateway.queues.queueUrl('records')
  const put = (Key = 'k', Body = 'x') => s3.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }))
  const get = (Key = 'k') => s3.send(new GetObjectCommand({ Bucket: 'lake', Key }))
  const push = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  return { ...stack, faults, said, put, get, push, QueueUrl }
}

const unavailable = { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } }

test('a failed call does not reach the store', async () => {
  const { faults, put, push, gateway, sqs, QueueUrl } = await startFaulty()
  const fault = faults.add({ service: 'sqs', kind: 'fail' })
  await expect(push()).rejects.toMatchObject(unavailable)
  const batch = new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] })
  await expect(sqs.send(batch)).rejects.toMatchObject(unavailable)
  await put()
  expect(gateway.queues.counts('records').ready).toBe(0)
  expect(fault.hits).toBe(2)
  fault.remove()
  await push()
  expect(gateway.queues.counts('records').ready).toBe(1)
})

test("a failure has the rule's status and code", async () => {
  const { faults, secrets, gateway } = await startFaulty()
  gateway.secrets.ensureSecret({ name: 'github', arn: 'arn:github', value: 'x' })
  faults.add({ service: 'secretsmanager', kind: 'fail', status: 400, code: 'ResourceNotFoundException' })
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'github' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 400 },
  })
})

test('a repeated call is carried out twice and answered once', async () => {
  const { faults, push, gateway } = await startFaulty()
  const fault = faults.add({ service: 'sqs', action: 'sqs:SendMessage', kind: 'repeat', count: 1 })
  await push()
  await push()
  expect(gateway.queues.counts('records').ready).toBe(3)
  expect(fault.hits).toBe(1)
})

test('a call whose answer is lost was carried out', async () => {
  const { faults, put, get, push, gateway, said } = await startFaulty()
  faults.add({ kind: 'lose-answer', count: 3 })
  await expect(push()).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(put('k', 'stored')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(gateway.queues.counts('records').ready).toBe(1)
  expect(await (await get()).Body?.transformToString()).toBe('stored')
  faults.add({ kind: 'lose-answer', status: 500, code: 'InternalError', count: 1 })
  await expect(put('k', 'stored again')).rejects.toMatchObject({ name: 'InternalError' })
  expect(await (await get()).Body?.transformToString()).toBe('stored again')
  expect(said).toEqual([])
})

test('the answer of a refusal can be lost, too', async () => {
  const { faults, get } = await startFaulty()
  faults.add({ kind: 'lose-answer', action: 's3:GetObject', count: 1 })
  await expect(get('missing')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await expect(get('missing')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a rule lets calls pass first, and reports a hit before the call, or after it for a lost answer', async () => {
  const { faults, put, get } = await startFaulty()
  const hits: string[] = []
  const stored = async (): Promise<string> => (await (await get()).Body?.transformToString()) ?? ''
  const onHit = (what: string) => ({ onHit: () => void hits.push(what) })
  const common = { action: 's3:PutObject', skip: 2, count: 1 }
  const fails = faults.add({ ...common, kind: 'fail', ...onHit('fail') })
  await put('k', '1')
  await put('k', '2')
  await expect(put('k', '3')).rejects.toMatchObject(unavailable)
  expect([hits, fails.hits, await stored()]).toEqual([['fail'], 1, '2'])
  await put('k', '4')
  faults.add({ ...common, skip: 0, kind: 'lose-answer', ...onHit('lost') })
  await expect(put('k', '5')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect([hits, await stored()]).toEqual([['fail', 'lost'], '5'])
})

test('a slow call is delayed and then carried out; closing releases it', async () => {
  const { faults, put, get } = await startFaulty()
  await put()
  const fault = faults.add({ kind: 'slow', ms: 60_000, action: 's3:PutObject' })
  let done = false
  const slow = put('k', 'later').finally(() => {
    done = true
  })
  while (fault.hits === 0) await get()
  expect(await (await get()).Body?.transformToString()).toBe('x')
  expect(done).toBe(false)
  faults.close()
  await slow
  expect(await (await get()).Body?.transformToString()).toBe('later')
})

test('a reader that gave up before the answer leaves no file open', async () => {
  const faults = new Faults()
  const bodies: unknown[] = []
  const { s3, gateway } = await startStack({
    interceptors: [
      async (_, next) => {
        const answer = await next()
        bodies.push(answer.body)
        return answer
      },
      faults.interceptor,
    ],
  })
  gateway.objects.ensureBucket('lake')
  await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'k', Body: 'x' }))
  const leaving = new AbortController()
  faults.add({ kind: 'slow', ms: 300, onHit: () => leaving.abort() })
  const reading = s3.send(new GetObjectCommand({ Bucket: 'lake', Key: 'k' }), { abortSignal: leaving.signal })
  await expect(reading).rejects.toThrow()
  await expect.poll(() => bodies[1]).toMatchObject({ closed: true })
})

test('a rule hits by action, resource, caller, probability, count and time', async () => {
  const { faults, put, get, s3, gateway } = await startFaulty()
  await put()
  await put('unsent/a')
  const outcomes = async (...calls: (() => Promise<unknown>)[]) => {
    const settled = []
    for (const call of calls) settled.push(...(await Promise.allSettled([call()])))
    faults.clear()
    return settled.map(({ status }) => status === 'fulfilled')
  }
  faults.add({ action: 's3:Get*', kind: 'fail' })
  expect(await outcomes(get, put, () => s3.send(new HeadObjectCommand({ Bucket: 'lake', Key: 'k' })))).toEqual([
    false,
    true,
    false,
  ])
  faults.add({ resource: '*/unsent/*', kind: 'fail' })
  expect(await outcomes(get, () => get('unsent/a'))).toEqual([true, false])
  faults.add({ principal: 'test*', kind: 'fail', count: 1 })
  expect(await outcomes(get, get)).toEqual([false, true])
  faults.add({ principal: 'writer', kind: 'fail' })
  expect(await outcomes(get)).toEqual([true])
  faults.add({ kind: 'fail', probability: 0 })
  expect(await outcomes(get)).toEqual([true])
  faults.add({ kind: 'fail', until: Date.now() - 1 })
  expect(await outcomes(get)).toEqual([true])
  faults.add({ kind: 'fail', until: Date.now() + 60_000 })
  expect(await outcomes(get)).toEqual([false])
  const credentials = gateway.principals.create(operator)
  s3.config.credentials = async () => credentials
  faults.add({ kind: 'fail' })
  expect(await outcomes(get)).toEqual([true])
  faults.add({ kind: 'fail', principal: operator })
  expect(await outcomes(get)).toEqual([false])
})
