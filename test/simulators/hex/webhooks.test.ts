import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { hexBatches } from '../../../simulators/hex/events.ts'
import {
  encodeHexBatch,
  type HexDelivery,
  type HexSender,
  type HexSenderOptions,
  postHexBatch,
  startHexSender,
} from '../../../simulators/hex/webhooks.ts'
import { startReceiver } from '../../support/receiver.ts'

const settings = { headerName: 'X-Shared-Secret', secret: 'Basic of its own, verbatim' }
const fixedTime = () => Date.UTC(2026, 0, 15, 10, 30)

const [envelopes = []] = hexBatches({ now: fixedTime }).filter(({ length }) => length > 3)
const [single = []] = hexBatches({ now: fixedTime }).filter(({ length }) => length === 1)

function start(url: string, options: Partial<HexSenderOptions> = {}): HexSender & { deliveries: HexDelivery[] } {
  const deliveries: HexDelivery[] = []
  const { onDelivery, ...others } = options
  const sender = startHexSender({
    url,
    ...settings,
    ratePerSecond: 500,
    replayShare: 0,
    firstRetryMs: 5,
    now: fixedTime,
    onDelivery: (delivery) => {
      deliveries.push(delivery)
      onDelivery?.(delivery)
    },
    ...others,
  })
  onTestFinished(() => sender.stop())
  // on the sender itself, because a copy would keep the present state
  return Object.assign(sender, { deliveries })
}

/** Runs a sender for exactly this many deliveries. */
async function deliver(count: number, url: string, options: Partial<HexSenderOptions> = {}) {
  const states: string[] = []
  const sender = start(url, {
    ...options,
    onDelivery: () => {
      if (states.push(sender.state) === count) void sender.stop()
    },
  })
  await reached(states, count)
  await sender.stop()
  return { sender, states }
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
    expect(result).toMatchObject({ ok: true, status: 200, replay: false })
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

test('the sender continues batch by batch and records acknowledgements in order', async () => {
  const { url, received } = await startReceiver()
  const { sender } = await deliver(20, url)
  expect(sender.state).toBe('active')
  expect(received).toHaveLength(20)
  expect(sender.sent()).toEqual(received.flatMap(({ body }) => tracesOf(body)))
  const sizes = new Set(received.map(({ body }) => tracesOf(body).length))
  expect(sizes.has(1)).toBe(true)
  expect(sizes.size).toBeGreaterThan(3)
})

test('the seed determines the events sent', async () => {
  const bodies = async (seed: number) => {
    const { url, received } = await startReceiver()
    await deliver(12, url, { seed, replayShare: 0.3 })
    return received.map(({ body }) => body)
  }
  const first = await bodies(7)
  expect(await bodies(7)).toEqual(first)
  expect(await bodies(8)).not.toEqual(first)
})

test.each([500, 503, 429, 404, 302])(
  'after %i the sender retries the same batch until it is acknowledged',
  async (status) => {
    const { url, received } = await startReceiver((count) => (count <= 3 ? status : 200))
    const { sender, states } = await deliver(5, url)
    expect(states).toEqual(['error', 'error', 'error', 'active', 'active'])
    const [first, ...others] = received
    expect(others.slice(0, 3).every(({ bytes }) => bytes.equals(first?.bytes ?? Buffer.of()))).toBe(true)
    expect(others[3]?.body).not.toBe(first?.body)
    expect(sender.sent()).toEqual(received.slice(3).flatMap(({ body }) => tracesOf(body)))
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
  const { url, received } = await startReceiver((count) => (count === 1 ? 'never' : 200))
  const sender = start(url, { timeoutMs: 50 })
  await reached(sender.deliveries, 2)
  await sender.stop()
  expect(sender.deliveries[0]).toMatchObject({ ok: false, error: expect.stringContaining('timeout') })
  expect(sender.deliveries[0]?.status).toBeUndefined()
  expect(received[1]?.body).toBe(received[0]?.body)
})

test('a refused connection is a temporary failure', async () => {
  const sender = start('http://127.0.0.1:1/')
  await reached(sender.deliveries, 2)
  expect(sender.state).toBe('error')
  expect(sender.sent()).toEqual([])
})

test.each([401, 403])('%i stops the stream until the operator corrects it', async (status) => {
  let open = false
  const { url, received } = await startReceiver(() => (open ? 200 : status))
  const sender = start(url)
  await expect.poll(() => sender.state).toBe('invalid')
  open = true
  await pause(100) // time for many batches and retries
  expect(received).toHaveLength(1)
  expect(sender.sent()).toEqual([])

  sender.revalidate({ secret: 'the new one' })
  await reached(received, 3)
  await sender.stop()
  expect(sender.state).toBe('active')
  expect(received[1]?.bytes.equals(received[0]?.bytes ?? Buffer.of())).toBe(true)
  expect(received.map(({ headers }) => headers['x-shared-secret']).slice(0, 3)).toEqual([
    settings.secret,
    'the new one',
    'the new one',
  ])
})

test('a stream checked again and still refused stays invalid', async () => {
  const { url, received } = await startReceiver(401)
  const sender = start(url, { onDelivery: () => received.length < 3 && sender.revalidate() })
  await reached(received, 3)
  await pause(50)
  expect(received).toHaveLength(3)
  expect(sender.state).toBe('invalid')
})

test('some acknowledged batches are sent again with the same bytes', async () => {
  const { url, received } = await startReceiver()
  const { sender } = await deliver(40, url, { replayShare: 0.5, format: 'ndjson', gzip: true })
  const replays = sender.deliveries.flatMap(({ replay }, index) => (replay ? [index] : []))
  expect(replays.length).toBeGreaterThan(5)
  expect(replays.length).toBeLessThan(30)
  for (const index of replays) {
    const again = received[index]?.bytes ?? Buffer.of()
    expect(received.slice(0, index).some(({ bytes }) => bytes.equals(again))).toBe(true)
  }
  // some repeat at once, others after later batches
  const gaps = replays.map(
    (index) => index - received.findIndex(({ bytes }) => bytes.equals(received[index]?.bytes ?? bytes)),
  )
  expect(gaps).toContain(1)
  expect(Math.max(...gaps)).toBeGreaterThan(2)
  expect(new Set(sender.sent()).size).toBe(sender.sent().length)
})

test.each([
  ['waits for an answer', 'never'],
  ['waits to try again', 503],
  ['is invalid', 401],
] as const)('a sender that %s stops at once', async (_, answer) => {
  const { url, received } = await startReceiver(answer)
  const sender = start(url, { firstRetryMs: 600_000 })
  await reached(received, 1)
  if (answer !== 'never') await reached(sender.deliveries, 1)
  await sender.stop()
  await pause(50)
  expect(received).toHaveLength(1)
})

test('a signal ends it, as stopping does', async () => {
  const { url, received } = await startReceiver()
  const controller = new AbortController()
  const sender = start(url, { signal: controller.signal })
  await reached(received, 2)
  controller.abort()
  await sender.stop()
  await pause(50) // time for requests under way to arrive
  const count = received.length
  await pause(50)
  expect(received.length).toBe(count)
})

test('some batches end in the first half of an event, and hold all of their events before it', async () => {
  const { url, received } = await startReceiver()
  const { sender } = await deliver(40, url, { cutShare: 0.3 })
  const isCut = ({ bytes }: { bytes: Buffer }) => !/^\[.*\]$/s.test(bytes.toString())
  const cut = received.filter(isCut)
  expect(cut.length).toBeGreaterThan(3)
  expect(cut.length).toBeLessThan(25)
  const whole = received.flatMap(({ bytes }) => {
    const text = bytes.toString()
    return isCut({ bytes })
      ? text.split('\n').slice(0, -1)
      : JSON.parse(text).map((one: unknown) => JSON.stringify(one))
  })
  expect(whole.map((line) => tracesOf(`[${line}]`)[0])).toEqual(sender.sent())
  for (const { bytes } of cut) {
    const [first = '', ...rest] = bytes.toString().split('\n')
    expect(first.startsWith(rest.at(-1) ?? 'x')).toBe(true)
    expect(() => JSON.parse(rest.at(-1) ?? '')).toThrow()
  }
})
