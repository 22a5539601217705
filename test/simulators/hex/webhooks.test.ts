import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hexBatches } from '../../../simulators/hex/events.ts'
import {
  encodeHexBatch,
  type HexSenderOptions,
  postHexBatch,
  startHexSender,
} from '../../../simulators/hex/webhooks.ts'
import type { Stoppable } from '../../../simulators/shared/until-stopped.ts'
import { startReceiver } from '../../support/receiver.ts'

const settings = { headerName: 'X-Shared-Secret', secret: 'Basic of its own, verbatim' }
const fixedTime = () => Date.UTC(2026, 0, 15, 10, 30)

const [envelopes = []] = hexBatches({ now: fixedTime }).filter(({ length }) => length > 3)
const [single = []] = hexBatches({ now: fixedTime }).filter(({ length }) => length === 1)

function start(url: string, options: Partial<HexSenderOptions> = {}): Stoppable {
  const fast = { ratePerSecond: 500, replayShare: 0, firstRetryMs: 5, now: fixedTime }
  const sender = startHexSender({ url, ...settings, ...fast, ...options })
  onTestFinished(() => sender.stop())
  return sender
}

/** Runs a sender until a receiver has got this many requests. @param answer as in `startReceiver` */
async function deliver(
  count: number,
  answer: Parameters<typeof startReceiver>[0] = 200,
  options: Partial<HexSenderOptions> = {},
) {
  const { url, received } = await startReceiver(answer)
  const sender = start(url, options)
  await reached(received, count)
  await sender.stop()
  return received.slice(0, count)
}

const reached = (list: { readonly length: number }, count: number) =>
  expect.poll(() => list.length, { interval: 5 }).toBeGreaterThanOrEqual(count)

const tracesOf = (body: string): string[] => {
  const batch: { event: { metadata: { hexTraceId: string } } }[] = JSON.parse(body)
  return batch.map(({ event }) => event.metadata.hexTraceId)
}

test('a batch is posted as an array, even of one, with the header as configured', async () => {
  const { url, received } = await startReceiver()
  for (const batch of [envelopes, single]) {
    const result = await postHexBatch({ url, ...settings }, encodeHexBatch(batch))
    expect(result).toMatchObject({ ok: true, status: 200 })
    expect(JSON.parse(received.at(-1)?.body ?? '')).toEqual(batch)
  }
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-shared-secret': settings.secret,
  })
  expect(received[0]?.headers).not.toHaveProperty('authorization')
})

test('as NDJSON each line is an envelope', async () => {
  const { url, received } = await startReceiver()
  await postHexBatch({ url, ...settings }, encodeHexBatch(envelopes, { format: 'ndjson' }))
  const lines = received[0]?.body.split('\n').map((line) => JSON.parse(line))
  expect(lines).toEqual(envelopes)
  expect(received[0]?.headers['content-type']).toBe('application/x-ndjson')
})

test('compressed with gzip the bytes are the same', async () => {
  const { url, received } = await startReceiver()
  const plain = encodeHexBatch(envelopes)
  await postHexBatch({ url, ...settings }, encodeHexBatch(envelopes, { gzip: true }))
  expect(received[0]?.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(received[0]?.bytes ?? '').equals(plain.body)).toBe(true)
  expect(plain.headers).not.toHaveProperty('content-encoding')
})

test('the sender continues batch by batch', async () => {
  const received = await deliver(20)
  const traces = received.flatMap(({ body }) => tracesOf(body))
  expect(new Set(traces).size).toBe(traces.length)
  const sizes = new Set(received.map(({ body }) => tracesOf(body).length))
  expect(sizes.has(1)).toBe(true)
  expect(sizes.size).toBeGreaterThan(3)
})

test('the seed determines the events sent', async () => {
  const bodies = async (seed: number) => (await deliver(12, 200, { seed, replayShare: 0.3 })).map(({ body }) => body)
  const first = await bodies(7)
  expect(await bodies(7)).toEqual(first)
  expect(await bodies(8)).not.toEqual(first)
})

test.each([500, 503, 429, 404, 302])(
  'after %i the sender retries the same batch until it is acknowledged',
  async (status) => {
    const [first, ...others] = await deliver(5, (count) => (count <= 3 ? status : 200))
    expect(others.slice(0, 3).every(({ bytes }) => bytes.equals(first?.bytes ?? Buffer.of()))).toBe(true)
    expect(others[3]?.body).not.toBe(first?.body)
  },
)

test('each wait is twice as long as the previous one', async () => {
  const arrivals: number[] = []
  const { url } = await startReceiver(() => {
    arrivals.push(performance.now())
    return 503
  })
  start(url, { firstRetryMs: 40 })
  await reached(arrivals, 5)
  const waits = arrivals.slice(1).map((time, index) => time - (arrivals[index] ?? 0))
  // timers are early only by rounding
  for (const [index, least] of [40, 80, 160, 320].entries()) expect(waits[index]).toBeGreaterThanOrEqual(least - 2)
})

test('a missing answer is a temporary failure', async () => {
  const asked: number[] = []
  const original = AbortSignal.timeout.bind(AbortSignal)
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    asked.push(ms)
    return original(50)
  })
  onTestFinished(() => timeout.mockRestore())
  const [first, second] = await deliver(2, (count) => (count === 1 ? 'never' : 200))
  expect(second?.body).toBe(first?.body)
  expect(asked[0]).toBe(10_000)
})

test('a refused connection is a temporary failure', async () => {
  const { url, received } = await startReceiver()
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new TypeError('fetch failed'))
  onTestFinished(() => fetched.mockRestore())
  start(url)
  await reached(received, 1)
  expect(fetched.mock.calls[1]?.[1]?.body).toEqual(fetched.mock.calls[0]?.[1]?.body)
})

test.each([401, 403])('%i stops the stream', async (status) => {
  const { url, received } = await startReceiver(status)
  const sender = start(url)
  await reached(received, 1)
  await pause(100) // time for many batches and retries
  expect(received).toHaveLength(1)
  await sender.stop()
})

test('some acknowledged batches are sent again with the same bytes', async () => {
  const received = await deliver(40, 200, { replayShare: 0.5 })
  const gaps = received.flatMap(({ bytes }, index) => {
    const first = received.findIndex((one) => one.bytes.equals(bytes))
    return first < index ? [index - first] : []
  })
  expect(gaps.length).toBeGreaterThan(5)
  expect(gaps.length).toBeLessThan(30)
  // some repeat at once, others after later batches
  expect(gaps).toContain(1)
  expect(Math.max(...gaps)).toBeGreaterThan(2)
})

test.each([
  ['waits for an answer', 'never'],
  ['waits to try again', 503],
  ['is refused', 401],
] as const)('a sender that %s stops at once', async (_, answer) => {
  const { url, received } = await startReceiver(answer)
  const sender = start(url, { firstRetryMs: 600_000 })
  await reached(received, 1)
  await pause(50) // time for the answer to arrive
  await sender.stop()
  await pause(50)
  expect(received).toHaveLength(1)
})

test('some batches end in the first half of an event, and hold all of their events before it', async () => {
  const received = await deliver(40, 200, { cutShare: 0.3 })
  const cut = received.filter(({ body }) => !/^\[.*\]$/s.test(body))
  expect(cut.length).toBeGreaterThan(3)
  expect(cut.length).toBeLessThan(25)
  for (const { body } of cut) {
    const [first = '', ...rest] = body.split('\n')
    const last = rest.pop() ?? 'x'
    expect(first.startsWith(last)).toBe(true)
    expect(() => JSON.parse(last)).toThrow()
    expect([first, ...rest].every((line) => tracesOf(`[${line}]`).length === 1)).toBe(true)
  }
})
