import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { RecordError, TransientError } from '../../../../lambdas/core/errors.ts'
import { findEvents } from '../../../../lambdas/core/intake/find-events.ts'
import { compileNormalizer, type Normalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { createPublisher } from '../../../../lambdas/core/publish/publish.ts'
import type { HttpEvent } from '../../../../lambdas/core/webhook/http.ts'
import { webhookLimits } from '../../../../lambdas/core/webhook/limits.ts'
import { createReceiver } from '../../../../lambdas/core/webhook/receive.ts'
import type { WebhookStream } from '../../../../lambdas/core/webhook/stream.ts'
import { classificationFailures as failureSchema } from '../../../../schemas/generated/classification_failures.ts'
import { decodeMessage } from '../../../support/decode-message.ts'
import { everyType } from '../../../support/every-type.ts'
import { memoryQueue, memoryStore } from '../../../support/memory-stores.ts'

const stream: WebhookStream = {
  verify: (request, secrets) => secrets.includes(request.header('x-secret') ?? ''),
  read: (_request, content) => findEvents(content, webhookLimits.events),
  probe: (secret) => ({ body: '[]', headers: {}, proof: { 'x-secret': secret } }),
}

/** The pipeline's handling of one request, with planted faults. */
async function receive(
  event: HttpEvent,
  faults: {
    stream?: Partial<WebhookStream>
    normalizer?: Partial<Normalizer>
    publish?: Error
    secret?: Error
  } = {},
) {
  const { queue, bodies } = memoryQueue()
  const { store: ops } = memoryStore()
  const publisher = createPublisher({ queue, queueName: 'records', ops, opsBucket: 'ops' })
  const keys = () => (faults.secret ? Promise.reject(faults.secret) : Promise.resolve(['right']))
  const receiver = createReceiver({
    stream: { ...stream, ...faults.stream },
    normalizer: { ...compileNormalizer(everyType), ...faults.normalizer },
    failureSchema,
    sources: new Map([['s', { label: 'S', secretId: 'id', options: {} }]]),
    credentials: { keys, reread: async () => undefined },
    publisher: { ...publisher, ...(faults.publish && { publish: () => Promise.reject(faults.publish) }) },
    now: () => 1_780_000_000_000,
  })
  const { status, reason, received, failed, failure } = await receiver(event)
  const rows: Record<string, unknown>[] = bodies
    .map(decodeMessage)
    .flatMap((batch) => batch.rows.map((row) => ({ logType: batch.logType, ...row })))
  return { answer: { status, received, failed, ...(reason ? { reason } : {}) }, rows, failureId: failure }
}

const request = (body: string, more: Partial<HttpEvent> = {}): HttpEvent => ({
  pathParameters: { sourceId: 's' },
  headers: { 'x-secret': 'right' },
  body,
  ...more,
})
const failure = (columns: object) => ({
  logType: 'classification_failures',
  p_source_id: 's',
  log_type: 'Test.EveryType',
  origin: 'webhook',
  ...columns,
})

describe('parts of a verified body that are not events', () => {
  test('are kept with bytes and reason beside the events', async () => {
    const { answer, rows } = await receive(request('{"text":"a"}\n{"te\n{"text":"b"}'))
    expect(answer).toEqual({ status: 200, received: 2, failed: 1, reason: 'not_json' })
    expect(rows).toMatchObject([
      { text: 'a' },
      { text: 'b' },
      failure({ reason: 'not_json', position: 2, raw: '{"te', raw_encoding: 'utf8', raw_bytes: 4 }),
    ])
  })

  test.each([
    ['bytes', `{"text":"${'x'.repeat(5_500_000)}"}`],
    ['values', `{"list":[${'1,'.repeat(100_000)}1]}`],
    ['members', `{${Array.from({ length: 50_001 }, (_, at) => `"a${at}":1`).join()}}`],
    ['lines', `{}${'\n'.repeat(100_001)}`],
    ['events', '{}\n'.repeat(5_001)],
  ])(
    'of a body with too many %s are kept and named in the answer, so that a recovery can close their failure',
    async (_what, body) => {
      const { answer, rows, failureId } = await receive(request(body))
      expect(answer).toEqual({ status: 413, received: 0, failed: 1, reason: 'too_large' })
      expect(rows).toMatchObject([failure({ reason: 'too_large', raw: body })])
      expect(failureId).toBe(rows[0]?.p_row_id)
    },
  )

  test('of other bodies are not named in the answer', async () => {
    expect((await receive(request('nope'))).failureId).toBeUndefined()
  })

  test('are kept and answered 400 when the body has nothing else', async () => {
    const { answer, rows } = await receive(request('nope'))
    expect(answer).toEqual({ status: 400, received: 0, failed: 1, reason: 'not_json' })
    expect(rows).toMatchObject([failure({ reason: 'not_json', raw: 'nope' })])
    expect(rows[0]).not.toHaveProperty('position')
  })

  test('are kept even if the bytes are not text', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d])
    const { answer, rows } = await receive(request(bytes.toString('base64'), { isBase64Encoded: true }))
    expect(answer).toMatchObject({ status: 400, reason: 'invalid_utf8' })
    expect(rows).toMatchObject([failure({ raw: bytes.toString('base64'), raw_encoding: 'base64', raw_bytes: 3 })])
  })

  test('an empty body leaves nothing to keep', async () => {
    expect(await receive(request(''))).toEqual({
      answer: { status: 400, received: 0, failed: 0, reason: 'empty' },
      rows: [],
    })
  })

  test('get the same id for the same bytes, so that a sender’s retries do not pile up', async () => {
    const ids = await Promise.all(
      ['nope', 'nope', 'other'].map(async (body) => (await receive(request(body))).rows[0]?.p_row_id),
    )
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toBe(ids[1])
  })

  test('nothing from an unverified sender is kept', async () => {
    const { answer, rows } = await receive(request('nope', { headers: { 'x-secret': 'wrong' } }))
    expect(answer).toMatchObject({ status: 401 })
    expect(rows).toEqual([])
  })
})

describe('a fault in our code', () => {
  const bug = () => {
    throw new TypeError('a secret is in this message')
  }
  const internal = { status: 200, received: 0, failed: 1, reason: 'internal' }

  test('while reading, keeps the whole body and is answered 200', async () => {
    const { answer, rows } = await receive(request('{"text":"a"}'), { stream: { read: bug } })
    expect(answer).toEqual(internal)
    expect(rows).toMatchObject([failure({ reason: 'internal', raw: '{"text":"a"}' })])
    expect(JSON.stringify(rows)).not.toContain('secret')
  })

  test('while normalizing, keeps that event and stores its neighbours', async () => {
    const { normalize } = compileNormalizer(everyType)
    const picky: Normalizer['normalize'] = (event, context) => (event.text === 'b' ? bug() : normalize(event, context))
    const { answer, rows } = await receive(request('[{"text":"a"},{"text":"b"},{"text":"c"}]'), {
      normalizer: { normalize: picky },
    })
    expect(answer).toEqual({ status: 200, received: 2, failed: 1, reason: 'internal' })
    expect(rows).toMatchObject([
      { text: 'a' },
      { text: 'c' },
      failure({ reason: 'internal', position: 2, raw: '{"text":"b"}' }),
    ])
  })

  test.each([
    ['while reading', { stream: { read: bug } }],
    ['while normalizing', { normalizer: { normalize: bug } }],
  ])('%s, keeps what came in the headers for the columns of the event', async (_, faults) => {
    const attributeHeaders = { p_guid: 'x-guid', p_event: 'x-event' }
    const of = request('{"text":"a"}', { headers: { 'x-secret': 'right', 'x-guid': 'g' } })
    const { rows } = await receive(of, {
      ...faults,
      stream: { ...('stream' in faults && faults.stream), attributeHeaders },
    })
    expect(rows).toMatchObject([failure({ reason: 'internal', attributes: '{"p_guid":"g"}' })])
  })

  test("outweighs the sender's faults", async () => {
    const { answer } = await receive(request('{"text":"a"}\n{"te'), { normalizer: { normalize: bug } })
    expect(answer).toEqual({ status: 200, received: 0, failed: 2, reason: 'internal' })
  })

  test('while encoding, keeps the whole body', async () => {
    const { answer, rows } = await receive(request('{"text":"a"}'), {
      normalizer: { normalize: () => ({ text: 1n as never }) },
    })
    expect(answer).toEqual(internal)
    expect(rows).toMatchObject([failure({ reason: 'internal', raw: '{"text":"a"}' })])
  })

  test.each([
    ['the secret cannot be read', { secret: new TransientError('down') }, 'unavailable'],
    ['neither queue nor store take the event', { publish: new TransientError('down') }, 'unavailable'],
    ['something unforeseen happens before the sender is known', { stream: { verify: bug } }, 'internal'],
  ])('when %s is answered 503', async (_what, faults, reason) => {
    expect((await receive(request('{}'), faults)).answer).toEqual({ status: 503, received: 0, failed: 0, reason })
  })

  test('a record error from the queue does not blame the request', async () => {
    const publish = new RecordError('bad_message', 'x')
    expect((await receive(request('{}'), { publish })).answer).toMatchObject({ status: 503, reason: 'internal' })
  })
})

describe('content encoding', () => {
  const encoded = (bytes: Buffer, encoding?: string) =>
    request(bytes.toString('base64'), {
      isBase64Encoded: true,
      headers: { 'x-secret': 'right', ...(encoding !== undefined && { 'content-encoding': encoding }) },
    })

  test.each([undefined, 'identity', 'GZIP', 'br'])('gzip is unpacked, named %j in the header', async (encoding) => {
    const { answer, rows } = await receive(encoded(gzipSync('{"text":"a"}\n{"text":"b"}'), encoding))
    expect(answer).toEqual({ status: 200, received: 2, failed: 0 })
    expect(rows).toMatchObject([{ text: 'a' }, { text: 'b' }])
  })

  test.each(['gzip', 'br', 'deflate', 'gzip, br'])('plain JSON is read, named %j in the header', async (encoding) => {
    const { answer, rows } = await receive(encoded(Buffer.from('{"text":"a"}'), encoding))
    expect(answer).toEqual({ status: 200, received: 1, failed: 0 })
    expect(rows).toMatchObject([{ text: 'a' }])
  })

  test.each([
    ['gzip that was cut', gzipSync('{"text":"a"}').subarray(0, 20), 'gzip', 400, 'bad_encoding'],
    ['gzip that was cut, named otherwise,', gzipSync('{"text":"a"}').subarray(0, 20), 'br', 400, 'bad_encoding'],
    ['gzip that unpacks without end', gzipSync(Buffer.alloc(5_500_001)), 'gzip', 413, 'too_large'],
    ['another encoding', brotliCompressSync('{"text":"a"}'), 'br', 415, 'unsupported_encoding'],
    ['text that is not JSON, in another encoding by name,', Buffer.from('nope'), 'br', 415, 'unsupported_encoding'],
    ['another encoding without a name', brotliCompressSync('{"text":"a"}'), 'gzip', 400, 'invalid_utf8'],
  ])('%s is kept as received', async (_what, bytes, encoding, status, reason) => {
    const { answer, rows } = await receive(encoded(bytes, encoding))
    expect(answer).toEqual({ status, received: 0, failed: 1, reason })
    const [row] = rows
    expect(Buffer.from(String(row?.raw), row?.raw_encoding === 'utf8' ? 'utf8' : 'base64')).toEqual(bytes)
  })

  test('the same bytes in base64 have the limit of those that are text', async () => {
    const text = `{"text":"${'x'.repeat(4_200_000)}"}`
    expect((await receive(encoded(Buffer.from(text)))).answer).toEqual((await receive(request(text))).answer)
  })
})
