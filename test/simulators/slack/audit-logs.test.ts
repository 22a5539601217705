import { expect, test } from 'vitest'
import type { SlackServer } from '../../../simulators/slack/server.ts'
import { control } from '../../support/provider.ts'
import { type AuditBody, askSlack, serveSlack, slackNow } from '../../support/slack-server.ts'

const second = slackNow / 1000

const read = (server: SlackServer, query: Record<string, string | number> = {}) =>
  askSlack<AuditBody>(server, '/audit/v1/logs', query)

const insert = (server: SlackServer, count: number, agoMs = 0, spreadMs = 0) =>
  control(server, { insert: [{ count, agoMs, spreadMs }] })

test('pages are newest first, and each begins after the one before', async () => {
  const server = await serveSlack()
  const { inserted } = await insert(server, 25, 100_000, 100_000)
  const ids: string[] = []
  const times: number[] = []
  const sizes: number[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { body }: { body: AuditBody } = await read(server, { limit: 10, ...(cursor && { cursor }) })
    ids.push(...body.entries.map(({ id }) => id))
    times.push(...body.entries.map((entry) => entry.date_create))
    sizes.push(body.entries.length)
    cursor = body.response_metadata.next_cursor || undefined
  }
  expect(ids.toSorted()).toEqual(inserted.toSorted())
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  // Some pages hold less than was asked for.
  expect(sizes).toContain(9)
})

test('a page holds more than was asked for when they are of one second', async () => {
  const server = await serveSlack()
  await insert(server, 7)
  expect((await read(server, { limit: 3 })).body.entries).toHaveLength(7)
})

test('the ends of a window belong to it', async () => {
  const server = await serveSlack()
  await insert(server, 5, 4_000, 5_000)
  const { body } = await read(server, { oldest: second - 3, latest: second - 1 })
  expect(body.entries.map((entry) => entry.date_create)).toEqual([second - 1, second - 2, second - 3])
})

test('a cursor without oldest leads out of the window', async () => {
  const server = await serveSlack()
  const { inserted } = await insert(server, 20, 20_000, 20_000)
  const window = { oldest: second - 9, limit: 4 }
  const { next_cursor: cursor } = (await read(server, window)).body.response_metadata
  const within = await read(server, { ...window, cursor, limit: 100 })
  expect(within.body.entries.at(-1)?.date_create).toBe(second - 9)
  const beyond = await read(server, { cursor, limit: 100 })
  expect(beyond.body.entries.map(({ id }) => id)).toContain(inserted[0])
})

test('an expired cursor is refused with status 400', async () => {
  const server = await serveSlack()
  await insert(server, 10, 10_000, 10_000)
  const { next_cursor: cursor } = (await read(server, { limit: 3 })).body.response_metadata
  expect((await read(server, { cursor })).status).toBe(200)
  await control(server, { expireCursors: true })
  expect(await read(server, { cursor })).toMatchObject({ status: 400, body: { ok: false, error: 'invalid_cursor' } })
})

test.each([
  [{ oldest: second, latest: second - 1 }, 'invalid_range'],
  [{ oldest: 'yesterday' }, 'invalid_range'],
  [{ limit: 10_000 }, 'invalid_arguments'],
  [{ limit: 0 }, 'invalid_arguments'],
])('%o is refused', async (query, error) => {
  expect(await read(await serveSlack(), query)).toMatchObject({ status: 400, body: { error } })
})

test('requests beyond the limit of a minute are refused, under both names of the error', async () => {
  const server = await serveSlack({ requestsPerMinute: 2 })
  const answers = [await read(server), await read(server), await read(server), await read(server)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429])
  expect(answers.map(({ body }) => body.error).slice(2)).toEqual(['ratelimited', 'rate_limited'])
  expect(answers[2]?.headers.get('retry-after')).toBe('60')
  await control(server, { advanceMs: 60_000 })
  expect((await read(server)).status).toBe(200)
})
