import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stream } from '../../../../lambdas/connectors/github/audit-stream.ts'
import { isObject, type JsonObject, parseJson } from '../../../../lambdas/core/json/json.ts'
import { compileRowId } from '../../../../lambdas/core/normalize/row-id.ts'
import { createHttpClient } from '../../../../lambdas/core/poll/provider/http.ts'
import { githubAudit } from '../../../../schemas/generated/github_audit.ts'

const samples = join(import.meta.dirname, '../../../../simulators/github/samples/audit/stream')

function sample(name: string): JsonObject {
  const event = parseJson(readFileSync(join(samples, `${name}.json`), 'utf8'))
  if (!isObject(event)) throw new TypeError('expected an object')
  return event
}

const usage = [sample('copilot-request'), sample('copilot-response')]

describe('records of Copilot usage', () => {
  test('are left out only if the settings say so', () => {
    for (const record of usage) {
      expect(stream.isLeftOut(record, { copilotUsage: 'leave-out' })).toBe(true)
      for (const options of [{}, { copilotUsage: 'keep' }, { copilotUsage: '' }]) {
        expect(stream.isLeftOut(record, options)).toBe(false)
      }
    }
  })

  test('are known by what they have and lack: nothing else is ever left out', () => {
    const leavesOut = (event: JsonObject) => stream.isLeftOut(event, { copilotUsage: 'leave-out' })
    const anything = fc.constantFrom<JsonObject[string]>(null, '', 'text', 7, true)
    fc.assert(
      fc.property(fc.constantFrom(...usage), anything, (record, value) => {
        expect(leavesOut({ ...record, action: value })).toBe(false)
        expect(leavesOut({ ...record, _document_id: value })).toBe(false)
        expect(leavesOut({ ...record, type: value })).toBe(false)
        expect(leavesOut({ ...record, event_id: value })).toBe(typeof value === 'string')
      }),
    )
    for (const name of ['api-request', 'api-request-refused']) expect(leavesOut(sample(name))).toBe(false)
    expect(leavesOut({})).toBe(false)
  })
})

describe('row ids', () => {
  const rowId = compileRowId(githubAudit)
  const idIn = (event: JsonObject, sourceId: string) => rowId(event, { sourceId, sourceLabel: '', receivedAt: 1 })

  test('a usage record has the same in two objects, and its request another one than its response', () => {
    const [request = {}, response = {}] = usage
    expect(idIn({ ...request }, 'a')).toBe(idIn({ ...request, body: 'cut', truncated: true }, 'a'))
    expect(idIn(request, 'a')).not.toBe(idIn(response, 'a'))
    expect(idIn(request, 'a')).not.toBe(idIn({ ...request, event_id: 'another' }, 'a'))
  })

  test('an event has the same by the API and by the stream if its _document_id is equal', () => {
    const streamed = sample('api-request')
    // The API leaves out members of the stream, and gives some times as text.
    const { actor_is_bot: _bot, request_category: _category, public_repo: _public, ...others } = streamed
    expect(idIn({ ...others, created_at: '2026-01-15 10:33:51 +0000' }, 'github-audit')).toBe(
      idIn(streamed, 'github-stream'),
    )
    expect(idIn({ ...streamed, _document_id: 'another' }, 'a')).not.toBe(idIn(streamed, 'a'))
  })
})

const token = 'ghp_ofNobody0123456789abcdefghijklmnopqr'
const configured = {
  id: 1,
  stream_type: 'Amazon S3',
  stream_details: 'us-east-1/audit-bucket',
  enabled: true,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  paused_at: null,
}

/** What the connector makes of an answer, and the request that it sent. */
async function answered(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
) {
  const requests: { url: string; authorization: string | null }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push({ url: String(input), authorization: new Headers(init?.headers).get('authorization') })
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  }
  const reading = stream.readConfiguration({
    options: { enterprise: 'example slug/..' },
    apiUrl: 'https://ghe.example/api/v3',
    secret: async () => token,
    http: createHttpClient({ fetch }),
  })
  const result = await reading.then(
    (streams) => ({ streams, error: undefined }),
    (error: unknown) => ({ streams: undefined, error }),
  )
  return { ...result, requests }
}

describe("the provider's own record of its streams", () => {
  test('is asked for by the slug, with the token', async () => {
    const { streams, requests } = await answered([configured])
    expect(streams).toEqual([{ id: '1', destination: 'Amazon S3: us-east-1/audit-bucket', enabled: true }])
    expect(requests).toEqual([
      {
        url: 'https://ghe.example/api/v3/enterprises/example%20slug%2F../audit-log/streams',
        authorization: expect.stringContaining(token),
      },
    ])
  })

  test('says that a stream is switched off or paused', async () => {
    const paused = { ...configured, id: 2, paused_at: '2026-01-10T12:00:00Z' }
    const { streams } = await answered([{ ...configured, enabled: false }, paused, 'none'])
    expect(streams).toMatchObject([
      { id: '1', enabled: false },
      { id: '2', enabled: true, pausedAt: Date.UTC(2026, 0, 10, 12) },
    ])
  })

  test.each([
    [
      '404',
      { message: `Not Found ${token}` },
      { status: 404, headers: { 'x-oauth-scopes': 'repo' } },
      'AuthError',
      ['admin:enterprise', 'repo', 'example slug'],
    ],
    ['403', { message: 'Forbidden' }, { status: 403 }, 'AuthError', ['admin:enterprise']],
    ['401', { message: 'Bad credentials' }, { status: 401 }, 'AuthError', ['admin:enterprise']],
    [
      '429',
      { message: `slow down ${token}` },
      { status: 429, headers: { 'retry-after': '60' } },
      'TransientError',
      ['too many requests'],
    ],
    ['500', 'oops', { status: 500 }, 'TransientError', ['500']],
    ['a page of a proxy with 403', `<!doctype html>${token}`, { status: 403 }, 'TransientError', ['HTML page']],
    ['a page of a proxy with 200', `<!doctype html>${token}`, {}, 'TransientError', ['example slug', 'apiUrl']],
    ['another form', { streams: [] }, {}, 'TransientError', ['example slug', 'apiUrl']],
    ['no stream', [], {}, 'TransientError', ['lists none']],
  ])('%s is an error that says what to do, and never quotes the token', async (_what, body, more, name, says) => {
    const { error } = await answered(body, more)
    expect(error).toMatchObject({ name })
    const message = error instanceof Error ? error.message : ''
    for (const words of says) expect(message).toContain(words)
    expect(message).not.toContain(token)
  })

  test('a limit says until when to wait', async () => {
    const before = Date.now()
    const { error } = await answered({}, { status: 429, headers: { 'retry-after': '60' } })
    expect(error).toMatchObject({ retryAt: expect.any(Number) })
    const { retryAt } = error instanceof Error && 'retryAt' in error ? error : { retryAt: 0 }
    expect(retryAt).toBeGreaterThanOrEqual(before + 60_000)
  })
})
