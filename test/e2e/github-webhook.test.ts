import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../lambdas/core/json/json.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { renderEvent, sameEvent } from '../../lambdas/core/normalize/render.ts'
import { githubWebhook as schema } from '../../schemas/generated/github_webhook.ts'
import { githubEvents } from '../../simulators/github/payloads.ts'
import { exampleHook, postDelivery, signDelivery } from '../../simulators/github/webhooks.ts'
import { allLogs, countRows, eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

let pipeline: Pipeline
let url: string
let secret: string
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  const { webhooks } = pipeline.run.ready
  url = webhooks.hooks?.url ?? ''
  secret = pipeline.run.gateway.secrets.current(webhooks.hooks?.secretId ?? '')
})
afterAll(() => pipeline.stop())

interface Reply {
  readonly status: number
  readonly body: unknown
}

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, to = url): Promise<Reply> {
  const answer = await fetch(to, { method: 'POST', body, headers })
  return { status: answer.status, body: await answer.json() }
}

const sign = (body: string | Uint8Array, key = secret): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

const signed = (body: string, more: Record<string, string> = {}): Record<string, string> => ({
  'content-type': 'application/json',
  'x-github-event': 'push',
  'x-github-delivery': randomUUID(),
  'x-github-hook-id': '1',
  'x-hub-signature-256': sign(body),
  ...more,
})

describe('GitHub’s deliveries', () => {
  const events = githubEvents.filter(({ event }) => event !== 'ping')

  test('every example payload becomes one row that holds all of it', async () => {
    const sent = new Map<string, { name: string; payload: JsonObject }>()
    for (const { event, payload } of githubEvents) {
      const delivery = signDelivery({ event, payload, secret })
      expect(await postDelivery(url, delivery)).toMatchObject({ ok: true, status: 200 })
      const parsed = parseJson(JSON.stringify(payload))
      if (event !== 'ping' && isObject(parsed)) sent.set(delivery.guid, { name: event, payload: parsed })
    }
    expect(events.length).toBeGreaterThan(250)
    await eventually(
      () => countRows(pipeline.data, 'github_webhook'),
      (count) => count >= events.length,
    )

    const rows = await pipeline.query('select * from github_webhook')
    expect(rows.map((row) => row.p_webhook_delivery).sort()).toEqual([...sent.keys()].sort())
    for (const row of rows) {
      const { name = '', payload = {} } = sent.get(String(row.p_webhook_delivery)) ?? {}
      expect(row).toMatchObject({
        p_log_type: 'GitHub.Webhook',
        p_source_id: 'hooks',
        p_source_label: 'Test hooks',
        p_time_source: 'received',
        p_webhook_event: name,
        p_webhook_hook_id: String(exampleHook.id),
        p_row_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      })
      const rendered = renderEvent(schema, row as Row)
      if (!sameEvent(schema, payload, rendered)) expect(rendered).toEqual(payload)
    }
    expect(new Set(rows.map((row) => row.p_row_id)).size).toBe(rows.length)
  })

  test('a form is the same event as its JSON', async () => {
    const [event] = events
    const delivery = signDelivery({ event: 'push', payload: event?.payload, secret, contentType: 'form' })
    expect(await postDelivery(url, delivery)).toMatchObject({ status: 200 })
    const ask = () => pipeline.query(`select * from github_webhook where p_webhook_delivery = '${delivery.guid}'`)
    const [row] = await eventually(ask, (rows) => rows.length > 0)
    expect(row?.p_webhook_event).toBe('push')
    expect(event?.payload).toMatchObject({ sender: JSON.parse(String(row?.sender)) })
  })

  test('a redelivery keeps the first delivery’s id; another hook’s copy has its own', async () => {
    const guid = randomUUID()
    for (const hook of [1, 1, 2]) {
      const body = '{"action":"redelivered"}'
      await post(body, signed(body, { 'x-github-delivery': guid, 'x-github-hook-id': String(hook) }))
    }
    const ask = () => pipeline.query(`select p_row_id from github_webhook where p_webhook_delivery = '${guid}'`)
    const rows = await eventually(ask, (found) => found.length >= 3)
    expect(rows).toHaveLength(3)
    expect(new Set(rows.map((row) => row.p_row_id)).size).toBe(2)
  })
})

describe('forged and broken requests', () => {
  const body = '{"action":"refused"}'
  const hex = (key?: string) => sign(body, key).slice('sha256='.length)

  test.each<[string, () => Record<string, string>]>([
    ['no signature', () => ({})],
    ['a wrong signature', () => ({ 'x-hub-signature-256': sign(body, 'another secret') })],
    ['a truncated signature', () => ({ 'x-hub-signature-256': `sha256=${hex().slice(0, 40)}` })],
    ['an upper-case signature', () => ({ 'x-hub-signature-256': `sha256=${hex().toUpperCase()}` })],
    [
      'a SHA-1 signature only',
      () => ({ 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }),
    ],
    ['a signature of another body', () => ({ 'x-hub-signature-256': sign(`${body} `) })],
    ['the secret of another source', () => ({ 'x-hub-signature-256': sign(body, otherSecret()) })],
  ])('%s is answered 401', async (_what, headers) => {
    expect(await post(body, { 'content-type': 'application/json', ...headers() })).toMatchObject({ status: 401 })
  })
  const otherSecret = () => {
    const { webhooks } = pipeline.run.ready
    return pipeline.run.gateway.secrets.current(webhooks['other-hooks']?.secretId ?? '')
  }

  test.each([
    ['an empty body', '', /empty/],
    ['no JSON', 'nope', /not JSON/],
    ['cut JSON', '{"action":"ref', /not JSON/],
    ['an array', '[{}]', /not an object/],
    ['JSON that nests too deep', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, /deeper than 100/],
  ])('%s is answered 400 with the error', async (_what, text, message) => {
    const reply = await post(text, signed(text))
    expect(reply).toEqual({
      status: 400,
      body: { message: expect.stringMatching(message), received: 0, failed: text === '' ? 0 : 1 },
    })
  })

  test('a signed body sent again with other headers stays the event that was signed', async () => {
    const forged = encodeURIComponent('{"action":"forged","sender":{"login":"somebody"}}')
    const body = JSON.stringify({ action: 'genuine', issue: { title: `hello &payload=${forged}&x=` } })
    for (const headers of [
      {},
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'x-github-event': 'ping' },
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br' },
    ]) {
      expect(await post(body, signed(body, headers))).toMatchObject({ status: 200, body: { received: 1 } })
    }
    const ask = () => pipeline.query(`select action, sender from github_webhook where action in ('genuine', 'forged')`)
    const rows = await eventually(ask, (found) => found.length >= 5)
    expect(rows).toEqual(Array.from({ length: 5 }, () => ({ action: 'genuine' })))
  })

  const formType = { 'content-type': 'application/x-www-form-urlencoded' }
  test.each([
    ['values', `{"list":[${'1,'.repeat(100_000)}1]}`, {}, 413, /send fewer/, 'too_large'],
    ['form fields', `payload=%7B%7D${'&a'.repeat(1_000_000)}`, formType, 400, /other fields/, 'not_json'],
  ])('too many %s are refused at once and kept', async (_what, text, headers, status, message, reason) => {
    const reply = await post(text, signed(text, headers))
    expect(reply).toMatchObject({ status, body: { message: expect.stringMatching(message), received: 0, failed: 1 } })
    const ask = () =>
      pipeline.query(`select reason from open_failures where raw_bytes = ${text.length} and p_source_id = 'hooks'`)
    expect(await eventually(ask, (rows) => rows.length > 0)).toEqual([{ reason }])
  })

  test('bytes that are not UTF-8 are answered 400', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d])
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-hub-signature-256': sign(bytes) }
    expect(await post(bytes, headers)).toMatchObject({ status: 400 })
  })

  test.each([
    '/github/nobody',
    '/github/__proto__',
    '/github/%2e%2e%2fhooks',
    '/github/hooks%2f..%2fhooks',
    '/github/hooks%00',
    '/github/',
    '/github/hooks/more',
    '/other/hooks',
    '/',
  ])('%s is answered 404', async (path) => {
    expect(await post(body, signed(body), new URL(path, url).href)).toMatchObject({ status: 404 })
  })

  test('none of them becomes a row', async () => {
    const marker = '{"action":"after the broken ones"}'
    expect(await post(marker, signed(marker))).toEqual({
      status: 200,
      body: { message: 'stored', received: 1, failed: 0 },
    })
    const ask = () =>
      pipeline.query(`select action from github_webhook where action in ('refused', 'after the broken ones')`)
    expect(await eventually(ask, (rows) => rows.length > 0)).toEqual([{ action: 'after the broken ones' }])
  })
})

test('no log holds a secret or a part of a body', async () => {
  const logs = await allLogs(pipeline.data)
  expect(logs).toContain('bad_credential')
  expect(logs).not.toContain(secret)
  expect(logs).not.toContain(sign('{"action":"refused"}'))
  expect(logs).not.toContain('"action"')
})
