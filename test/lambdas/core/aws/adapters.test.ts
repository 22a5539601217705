import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { impatiently, webhookClients } from '../../../../lambdas/core/aws/clients.ts'
import { s3Store } from '../../../../lambdas/core/aws/s3-store.ts'
import { secretStore } from '../../../../lambdas/core/aws/secret-store.ts'
import { sqsQueue } from '../../../../lambdas/core/aws/sqs-queue.ts'
import { serve } from '../../../support/serve.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A webhook function's clients, in front of a server with scripted answers. */
async function clients(answer: Answer) {
  const endpoint = await serve(async (request, response) => answer(request, response, await text(request)))
  for (const service of ['S3', 'SQS', 'SECRETS_MANAGER']) process.env[`AWS_ENDPOINT_URL_${service}`] = endpoint
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' })
  const { sqs, s3, secrets } = webhookClients()
  return {
    queue: sqsQueue(sqs, `${endpoint}/000000000000/records`, impatiently),
    store: s3Store(s3, 'ops', impatiently),
    secrets: secretStore(secrets, impatiently),
  }
}

interface Entry {
  readonly Id: string
  readonly MessageBody: string
}

/** SQS that refuses some messages some times. */
function sqsRefusing(refuses: (body: string, call: number) => boolean) {
  const calls: string[][] = []
  const answer: Answer = (_request, response, body) => {
    const { Entries }: { Entries: Entry[] } = JSON.parse(body)
    calls.push(Entries.map(({ MessageBody }) => MessageBody))
    const refused = (entry: Entry) => refuses(entry.MessageBody, calls.length)
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    response.end(
      JSON.stringify({
        Successful: Entries.filter((entry) => !refused(entry)).map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: hash('md5', MessageBody, 'hex'),
        })),
        Failed: Entries.filter(refused).map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      }),
    )
  }
  return { calls, answer }
}

describe('the queue', () => {
  test('retries once what SQS refused', async () => {
    const { calls, answer } = sqsRefusing((body, call) => body === 'never' || (body === 'second' && call === 1))
    const { queue } = await clients(answer)
    const unsent = await queue.send(['first', 'second', 'never'])
    expect(unsent.map(({ body }) => body)).toEqual(['never'])
    expect(calls).toEqual([
      ['first', 'second', 'never'],
      ['second', 'never'],
    ])
  })

  test('sends at most ten messages and one MiB per batch', async () => {
    const { calls, answer } = sqsRefusing(() => false)
    const { queue } = await clients(answer)
    await queue.send(Array.from({ length: 21 }, (_, i) => String(i)))
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 1])
    await queue.send(['x'.repeat(600_000), 'y'.repeat(600_000), 'é'.repeat(200_000)])
    expect(calls.slice(3).map((bodies) => bodies.map((body) => body.charAt(0)))).toEqual([['x'], ['y', 'é']])
  })

  test('returns the unsent messages when SQS does not answer', async () => {
    const { queue } = await clients(() => {})
    const [unsent] = await queue.send(['a'])
    expect(unsent).toMatchObject({ body: 'a' })
  })

  test('does not wait for an answer that trickles in', async () => {
    const { queue } = await clients((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '1000000' })
      const timer = setInterval(() => response.write(' '), 100)
      response.on('close', () => clearInterval(timer))
    })
    expect(await queue.send(['a'])).toHaveLength(1)
  })
})

describe('the object store', () => {
  test.each([404, 409, 412])('a conditional put answered %i has lost its race', async (status) => {
    const { store } = await clients((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end('<Error><Code>ConditionalRequestConflict</Code></Error>')
    })
    expect(await store.putIf('key', new Uint8Array(), { absent: true })).toBeUndefined()
  })

  test('sends the given conditions', async () => {
    const seen: (string | undefined)[] = []
    const { store } = await clients(({ headers }, response) => {
      seen.push(headers['if-none-match'], headers['if-match'])
      response.writeHead(200, { etag: '"1"' }).end()
    })
    expect(await store.putIf('key', new Uint8Array(), { absent: true })).toBe('"1"')
    expect(await store.putIf('key', new Uint8Array(), { etag: '"7"' })).toBe('"1"')
    expect(seen).toEqual(['*', undefined, undefined, '"7"'])
  })

  test.each([
    [200, 'succeeds'],
    [412, 'succeeds, because the object is there'],
    [409, 'fails, because another request for the key was under way'],
    [403, 'fails'],
  ])('a put that must not replace anything, answered %i, %s', async (status, what) => {
    const { store } = await clients(({ headers }, response) => {
      expect(headers['if-none-match']).toBe('*')
      response.writeHead(status, { 'content-type': 'application/xml', etag: '"1"' })
      response.end(status === 200 ? '' : '<Error><Code>SomeCode</Code></Error>')
    })
    const put = store.putOnce('key', new Uint8Array())
    if (what.startsWith('succeeds')) await put
    else await expect(put).rejects.toMatchObject({ name: 'StoreError' })
  })

  test('an access denial does not count as a missing object', async () => {
    const { store } = await clients((_request, response) => {
      response.writeHead(403, { 'content-type': 'application/xml' })
      response.end('<Error><Code>AccessDenied</Code></Error>')
    })
    await expect(store.get('key')).rejects.toThrow()
    await expect(store.putIf('key', new Uint8Array(), { absent: true })).rejects.toThrow()
  })
})

test('a secret without the label is missing; a refusal is an outage', async () => {
  let code = 'ResourceNotFoundException'
  const { secrets } = await clients((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ __type: code }))
  })
  expect(await secrets.read('id', 'AWSPREVIOUS')).toBeUndefined()
  code = 'AccessDeniedException'
  await expect(secrets.read('id', 'AWSCURRENT')).rejects.toMatchObject({ name: 'StoreError' })
})
