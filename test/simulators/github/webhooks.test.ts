import { createHmac } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { githubEvents } from '../../../simulators/github/payloads.ts'
import { postDelivery, signDelivery, startGithubWebhookSender } from '../../../simulators/github/webhooks.ts'
import { startReceiver } from '../../support/receiver.ts'

const secret = "It's a Secret to Everybody"

/** A sender that posts quickly. */
function start(url: string, { seed = 1, ratePerSecond = 500 } = {}) {
  const sender = startGithubWebhookSender({
    seed,
    ratePerSecond,
    deliver: (event, signal) => postDelivery(url, signDelivery({ ...event, secret }), signal),
  })
  onTestFinished(() => sender.stop())
  return sender
}

/** Runs a sender until a receiver has got this many deliveries. */
async function deliver(count: number, options: { readonly seed?: number; readonly ratePerSecond?: number } = {}) {
  const { url, received } = await startReceiver()
  const sender = start(url, options)
  await expect.poll(() => received.length, { interval: 5 }).toBeGreaterThanOrEqual(count)
  await sender.stop()
  return received.slice(0, count)
}

test("signatures are GitHub's", () => {
  const documented = createHmac('sha256', secret).update('Hello, World!').digest('hex')
  expect(documented).toBe('757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17')
  const { headers, body } = signDelivery({ event: 'push', payload: { ünïcode: '🔑' }, secret })
  expect(headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  expect(headers['x-hub-signature']).toBe(`sha1=${createHmac('sha1', secret).update(body).digest('hex')}`)
})

test('a form has the same event, and a signature over its own bytes', () => {
  const payload = { zen: 'a+b & c=d %', ü: 1 }
  const { headers, body } = signDelivery({ event: 'ping', payload, secret, contentType: 'form' })
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(JSON.parse(new URLSearchParams(body.toString()).get('payload') ?? '')).toEqual(payload)
  expect(headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
})

test('all example payloads are available with their events', () => {
  expect(githubEvents.length).toBeGreaterThan(300)
  expect(new Set(githubEvents.map(({ event }) => event)).size).toBeGreaterThan(50)
  expect(githubEvents.filter(({ event }) => event === 'ping')).not.toHaveLength(0)
  expect(githubEvents.find(({ event }) => event === 'issues')).toMatchObject({ action: expect.any(String) })
})

test('the sender pings, then sends real events with all headers, each under a new GUID', async () => {
  const received = await deliver(20)
  expect(received[0]?.headers['x-github-event']).toBe('ping')
  expect(received.slice(1).map(({ headers }) => headers['x-github-event'])).not.toContain('ping')
  expect(new Set(received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(20)
  for (const { headers, body } of received) {
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
      'x-github-delivery': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-type': 'organization',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    })
  }
})

test('the seed determines the order', async () => {
  const order = async (seed: number) => (await deliver(12, { seed, ratePerSecond: 100 })).map(({ body }) => body)
  const first = await order(7)
  expect(await order(7)).toEqual(first)
  expect(await order(8)).not.toEqual(first)
})

test.each([302, 401, 500, 503])('an answer of %i is a failure and is not retried', async (status) => {
  const { url, received } = await startReceiver(status)
  const delivery = signDelivery({ event: 'push', payload: {}, secret })
  expect(await postDelivery(url, delivery)).toMatchObject({ ok: false, status })
  expect(received).toHaveLength(1)
})

test('a receiver without an answer within ten seconds has failed', async () => {
  const { url } = await startReceiver('never')
  const asked: number[] = []
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    asked.push(ms)
    return AbortSignal.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  })
  onTestFinished(() => timeout.mockRestore())
  const result = await postDelivery(url, signDelivery({ event: 'push', payload: {}, secret }))
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining('timeout') })
  expect(result.status).toBeUndefined()
  expect(asked).toEqual([10_000])
})

test('a refused connection is a failed delivery, and stopping does not wait for answers', async () => {
  const delivery = signDelivery({ event: 'push', payload: {}, secret })
  expect(await postDelivery('http://127.0.0.1:1/', delivery)).toMatchObject({ ok: false, error: expect.any(String) })
  const { url, received } = await startReceiver('never')
  const sender = start(url)
  await expect.poll(() => received.length).toBeGreaterThan(2)
  await sender.stop()
  await pause(50) // time for requests under way to arrive
  const count = received.length
  await pause(50) // time for two dozen more
  expect(received.length).toBe(count)
})
