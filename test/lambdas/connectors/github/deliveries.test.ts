import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/github/deliveries.ts'
import { AuthError, ConfigError, CursorError, RecordError, TransientError } from '../../../../lambdas/core/errors.ts'
import { createHttpClient, type HttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { type DeliveryServer, exampleHookToken, startDeliveryServer } from '../../../../simulators/github/deliveries.ts'
import { exampleHook } from '../../../../simulators/github/webhooks.ts'

const receiver = { url: 'http://127.0.0.1:9', secret: 'It is no secret at all' }
const hookId = String(exampleHook.id)
let ahead = 0
let server: DeliveryServer
beforeAll(async () => {
  server = await startDeliveryServer({ owner: 'octocoders', receiver, now: () => Date.now() + ahead })
  server.log.isEndpointDown = true
})
beforeEach(() => {
  ahead += 73 * 3_600_000
})
afterAll(() => server.stop())

const http = createHttpClient()
const logOf = (more: { token?: string; options?: object; http?: HttpClient; apiUrl?: string } = {}) =>
  connect({
    options: { owner: 'octocoders', hookId, ...more.options },
    apiUrl: more.apiUrl ?? server.url,
    secret: async () => more.token ?? exampleHookToken,
    http: more.http ?? http,
    httpForBodies: more.http ?? http,
  })

describe('the list', () => {
  test('is read page by page, newest first, with ids beyond 2^53', async () => {
    for (let number = 0; number < 130; number++) await server.log.deliver('push', { number })
    const log = logOf()
    const first = await log.fetchPage()
    expect(first.deliveries).toHaveLength(100)
    const second = await log.fetchPage(first.next)
    expect(second.next).toBeUndefined()
    const ids = [...first.deliveries, ...second.deliveries].map(({ id }) => BigInt(id))
    expect(ids).toEqual(server.log.listed().map(({ id }) => id))
    expect(ids.every((id) => id > Number.MAX_SAFE_INTEGER)).toBe(true)
    expect(first.limits?.remaining).toBeGreaterThan(0)
  })

  test('tells success by its status, whatever the code', async () => {
    await server.log.deliver('push', { repository: { id: 42 } })
    const { deliveries } = await logOf().fetchPage()
    expect(deliveries).toMatchObject([
      { hasArrived: false, isTooLarge: false, isRepeat: false, isTest: false, event: 'push', repository: '42' },
    ])
  })

  test('marks test calls and repeats', async () => {
    const delivery = await server.log.deliver('ping', {})
    await server.log.redeliver(delivery)
    const { deliveries } = await logOf().fetchPage()
    expect(deliveries).toMatchObject([
      { isTest: true, isRepeat: true, guid: delivery.guid },
      { isTest: true, isRepeat: false, guid: delivery.guid },
    ])
  })

  test.each([
    ['a wrong organization', { options: { owner: 'others' } }],
    ['a hook of an enterprise', { options: { owner: 'octocoders', hookId: '7' } }],
  ])('of %s is refused with the rights and settings to check', async (_what, more) => {
    const error: unknown = await logOf(more)
      .fetchPage()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).toContain('admin:org_hook')
    expect(String(error)).toContain('Apps and enterprises have no such list')
    expect(String(error)).toContain('OAuth app')
    expect(String(error)).toContain('owner, hookId and apiUrl are right')
  })

  test('of a repository names the right of a repository', async () => {
    const log = logOf({ options: { repository: 'hello-world' } })
    await expect(log.fetchPage()).rejects.toThrow(/repository "octocoders\/hello-world".*"Webhooks: write"/)
  })

  test('a wrong token is refused without being repeated', async () => {
    const token = 'ghp_AnotherTokenOfNobody0123456789abcdef'
    const error: unknown = await logOf({ token })
      .fetchPage()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).not.toContain(token)
  })

  test('an expired cursor, a foreign link and a list that is none are told apart', async () => {
    await server.log.deliver('push', {})
    await expect(
      logOf().fetchPage(`${server.url}/orgs/octocoders/hooks/${hookId}/deliveries?cursor=x`),
    ).rejects.toThrow(CursorError)
    await expect(logOf().fetchPage('http://127.0.0.1:9/elsewhere')).rejects.toThrow(CursorError)
    const answering =
      (body: string, headers: Record<string, string> = {}): HttpClient =>
      async () => ({ status: 200, headers: new Headers(headers), bytes: Buffer.from(body), receivedAt: 0 })
    const next = { link: '<http://127.0.0.1:9/x>; rel="next"' }
    await expect(logOf({ http: answering('[]', next) }).fetchPage()).rejects.toThrow(ConfigError)
    await expect(logOf({ http: answering('{}') }).fetchPage()).rejects.toThrow(TransientError)
    await expect(logOf({ http: answering('[{"id":1}]') }).fetchPage()).rejects.toThrow(/a list of something else/)
    const row = '{"id":1,"guid":"g","delivered_at":"2026-01-01T00:00:00Z","status":"OK","status_code":413}'
    const { deliveries } = await logOf({ http: answering(`[{"id":"x"},${row}]`) }).fetchPage()
    expect(deliveries).toMatchObject([{ id: '1', hasArrived: true }])
  })
})

describe('a body', () => {
  const large = { action: 'opened', text: 'größer '.repeat(100_000), sender: { login: 'ada' } }
  const reading = async (
    shown: 'whole' | 'null' | 'cut',
    body: Readonly<Record<string, unknown>> = large,
    isTooLarge = true,
  ) => {
    const { id, guid, event } = await server.log.deliver('issues', body, { shown })
    return await logOf().read({ id: String(id), guid, event, isTooLarge })
  }

  test('is the event with the headers that its delivery had', async () => {
    const { event, missing } = await reading('whole')
    expect(missing).toBeUndefined()
    expect(event?.event).toEqual(large)
    expect(event?.attributes).toEqual({
      p_webhook_event: 'issues',
      p_webhook_delivery: expect.stringMatching(/^[0-9a-f-]{36}$/),
      p_webhook_hook_id: hookId,
    })
  })

  test('of a delivery that was not too large may be short', async () => {
    const short = { action: 'opened', sender: { login: 'ada' } }
    expect((await reading('whole', short, false)).event?.event).toEqual(short)
    expect((await reading('whole', short)).missing?.why).toContain('only a part of its body')
  })

  test('of a delivery that was refused for its many values may be shorter than one that was long', async () => {
    const many = { list: Array.from({ length: 100_001 }, () => 1) }
    expect((await reading('whole', many)).event?.event).toEqual(many)
  })

  test('that is missing or cut is reported as such, with the part that is there', async () => {
    expect((await reading('null')).missing).toEqual({ why: 'GitHub holds no body of it' })
    expect((await reading('cut')).missing).toEqual({
      why: expect.stringContaining('only a part of its body'),
      part: { action: 'opened', sender: { login: 'ada' } },
    })
  })

  test('of a delivery that is gone is missing', async () => {
    const { missing } = await logOf().read({ id: '1', guid: 'g', event: 'push', isTooLarge: true })
    expect(missing?.why).toContain('no longer lists')
  })

  test.each([
    [
      'names the failure that our answer has named',
      '{"message":"too large","failure":"0123456789abcdef0123456789abcdef"}',
      1,
    ],
    ['names none when the answer is another', '{"failure":"not an id"}', 0],
    ['names none when the answer is no JSON', 'Request Entity Too Large', 0],
  ])('%s', async (_what, answer, count) => {
    const detail = { request: { payload: large }, response: { payload: answer } }
    const answering: HttpClient = async () => ({
      status: 200,
      headers: new Headers(),
      bytes: Buffer.from(JSON.stringify(detail)),
      receivedAt: 0,
    })
    const { closes } = await logOf({ http: answering }).read({ id: '1', guid: 'g', event: 'issues', isTooLarge: true })
    expect(closes === undefined ? 0 : 1).toBe(count)
  })
})

describe('a request to send again', () => {
  test('makes a new delivery with the same GUID', async () => {
    const { id, guid } = await server.log.deliver('push', {})
    await logOf().askAgain(String(id))
    await server.log.settled()
    expect(server.log.listed()).toMatchObject([
      { guid, redelivery: true },
      { guid, redelivery: false },
    ])
  })

  test.each([
    [401, AuthError],
    [403, AuthError],
    [404, RecordError],
    [422, RecordError],
    [502, TransientError],
  ])('that is answered %d concerns credential, delivery or provider', async (status, kind) => {
    const answering: HttpClient = async () => ({
      status,
      headers: new Headers(),
      bytes: Buffer.from('{"message":"No"}'),
      receivedAt: 0,
    })
    await expect(logOf({ http: answering }).askAgain('1')).rejects.toThrow(kind)
  })
})
