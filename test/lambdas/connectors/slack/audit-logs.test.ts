import { describe, expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/slack/audit-logs.ts'
import { failureOf } from '../../../support/provider.ts'
import { connected, noon, type SlackAnswer } from '../../../support/slack.ts'

const window = { from: noon * 1000, to: (noon + 60) * 1000 }

const fetched = (body: unknown, { cursor, ...more }: SlackAnswerOptions = {}) =>
  connected(connect, () => ({ body, ...more })).stream.fetchPage({ ...window, ...(cursor !== undefined && { cursor }) })
type SlackAnswerOptions = Omit<SlackAnswer, 'body'> & { readonly cursor?: string }

const entries = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `e${index}`, date_create: noon }))

test('asks for the same window with and without a cursor, in whole seconds that hold it', async () => {
  const { stream, requests } = connected(connect, () => ({ body: { entries: [] } }), { pageSize: 1000 })
  const ask = { from: noon * 1000 + 900, to: noon * 1000 + 1001 }
  await stream.fetchPage(ask)
  await stream.fetchPage({ ...ask, cursor: 'a=', size: 500 })
  const asked = `GET https://api.slack.com/audit/v1/logs?oldest=${noon}&latest=${noon + 2}`
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `${asked}&limit=1000`,
    `${asked}&limit=500&cursor=a%3D`,
  ])
})

test.each([0, 1, 2, 3, 4, 9])(
  'a page of %i entries, where 3 were asked for, goes on by its cursor alone',
  async (count) => {
    const more = await fetched({ entries: entries(count), response_metadata: { next_cursor: 'next' } })
    expect(more.events).toHaveLength(count)
    expect(more.next).toBe('next')
    const last = await fetched({ ok: true, entries: entries(count), response_metadata: { next_cursor: '' } })
    expect([last.next, last.isFull, more.isFull]).toEqual([undefined, undefined, undefined])
  },
)

describe('the end is', () => {
  test.each([
    [{}],
    [{ response_metadata: {} }],
    [{ response_metadata: null }],
    [{ response_metadata: { next_cursor: null } }],
  ])('a page with %j', async (members) => expect((await fetched({ entries: [], ...members })).next).toBeUndefined())
})

test('a cursor that is no text is an error, and no end', async () => {
  const error = await failureOf(fetched({ entries: [], response_metadata: { next_cursor: 17 } }))
  expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('cursor') })
})

test('"ok": false is an error beside entries and at any status', async () => {
  const body = { ok: false, error: 'internal_error', entries: entries(2) }
  for (const status of [200, 400, 404, 500]) {
    expect(await failureOf(fetched(body, { status }))).toMatchObject({ name: 'TransientError' })
  }
})
