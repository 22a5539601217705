import { describe, expect, test } from 'vitest'
import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import type { RegisteredStream } from '../../lambdas/connectors/registry.ts'
import { TransientError } from '../../lambdas/core/errors.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { pages as readPages } from '../../lambdas/core/poll/pages.ts'
import { createHttpClient, type HttpClientOptions } from '../../lambdas/core/poll/provider/http.ts'
import { type Page, type PollStream, pollStream } from '../../lambdas/core/poll/stream.ts'
import { EngineWorld, Killer } from '../support/poll-world.ts'
import { everythingIn, failureOf, walk } from '../support/provider.ts'
import { missingFixtures, piecesOf, type Recorded, type RecordedRefusal, readRecorded } from '../support/recorded.ts'
import { startReplay } from '../support/replay.ts'

/** What the connector of every polled stream keeps to, shown with the answers recorded of its provider. */

const registered = (await Promise.all(Object.values(polledStreams).map((load) => load()))).flat()

const errorNames: Readonly<Record<RecordedRefusal['expect'], string>> = {
  transient: 'TransientError',
  credentials: 'AuthError',
  configuration: 'ConfigError',
  cursor: 'CursorError',
}

test('streams have ids of their own', () => {
  const ids = registered.map(({ facts }) => facts.id)
  expect([...new Set(ids)]).toEqual(ids)
})

describe.each(registered)('$facts.id', (stream) => {
  const { facts, connect, schema } = stream

  test('its facts fit together', () => {
    expect(facts.logType).toBe(schema.logType)
    expect(facts.pageSize).toBeGreaterThan(0)
    expect(facts.requestsPerHour).toBeGreaterThan(0)
    expect(facts.limitPeriodSeconds).toBeGreaterThan(0)
    expect(facts.granularityMs).toBeGreaterThan(0)
    expect(facts.lookBackSeconds).toBeGreaterThanOrEqual(facts.lagSeconds)
    expect(connect).toBeTypeOf('function')
  })

  const missing = missingFixtures(facts.id)
  if (missing === undefined) keepsContract(stream, readRecorded(facts.id))
  else test('has fixtures', () => expect.fail(missing))
})

function keepsContract({ facts, connect, schema }: RegisteredStream, recorded: Recorded): void {
  const { connection, pages, refusals } = recorded
  const { works, unusable } = connection.secrets
  const window = { from: Date.parse(connection.window.from), to: Date.parse(connection.window.to) }
  const { normalize } = compileNormalizer(schema)
  // The source of the engine's world, because some keys hold its id.
  const context = { sourceId: 'model', sourceLabel: 'Model', receivedAt: window.to }
  const rowIdOf = (event: JsonObject) => normalize(event, context).p_row_id
  const rowIdsOf = (events: readonly JsonObject[]) => events.map(rowIdOf)

  /** A server with the recorded answers, and the stream that asks it. */
  async function replay({
    secret = works[0],
    now = () => window.to,
    ...http
  }: HttpClientOptions & { secret?: string } = {}) {
    const server = await startReplay(recorded, now)
    const { options } = connection
    const client = createHttpClient({ now, ...http })
    const connector = connect({
      options: { ...options },
      apiUrl: server.url,
      pageSize: facts.pageSize,
      secret: async () => secret,
      http: client,
      now,
    })
    return { server, stream: pollStream(facts, schema, connector) }
  }

  /** Reads the window as runs do: what repeats itself must end. */
  async function walkBounded(stream: PollStream): Promise<readonly Page[]> {
    const taken: Page[] = []
    const asker = { fetchPage: stream.fetchPage, mayGoOn: () => taken.length < 20 }
    for await (const { page } of readPages({ ...window }, stream, asker)) taken.push(page)
    return taken
  }

  function expectSilent(error: unknown, secret: string = works[0]): void {
    const said = everythingIn(error)
    for (const piece of piecesOf(secret)) expect(said).not.toContain(piece)
  }

  describe('a walk', () => {
    test('brings the events of every page once, and ends', async () => {
      const { stream, server } = await replay()
      const walked = await walk(stream, window)
      expect(walked.pages.map(({ events }) => events.length)).not.toContain(0)
      expect(walked.pages).toHaveLength(3)
      expect(server.requests).toHaveLength(3)
      expect(walked.pages.flatMap(({ failures }) => failures)).toEqual([])
      expect(new Set(rowIdsOf(walked.events)).size).toBe(walked.events.length)
    })

    test('an empty page is the end', async () => {
      const { stream, server } = await replay()
      await server.answerOnce(pages.empty)
      const { events, failures, next } = await stream.fetchPage(window)
      expect({ events, failures, next }).toEqual({ events: [], failures: [], next: undefined })
    })

    test('brings events in the order that the manifest states, each with a time in the window', async () => {
      const { stream } = await replay()
      const { events } = await walk(stream, window)
      const times = events.map((event) => stream.timeOf(event) ?? Number.NaN)
      expect(times.filter((time) => !(time >= window.from && time < window.to))).toEqual([])
      expect(new Set(times).size).toBeGreaterThan(1)
      if (facts.order === 'unsorted') return
      const ascending = times.toSorted((a, b) => a - b)
      expect(times).toEqual(facts.order === 'oldest-first' ? ascending : ascending.reverse())
    })

    test('knows an event by the provider’s key, whatever else comes with it', async () => {
      const { stream } = await replay()
      const { events } = await walk(stream, window)
      // The key of an event without one is a hash over all its members.
      expect(rowIdsOf(events.map((event) => ({ ...event, never_seen_before: 1 })))).toEqual(rowIdsOf(events))
    })

    test('asks on every page for the window, and for as many events as the manifest states', async () => {
      const { stream, server } = await replay()
      await walk(stream, window)
      const filled = Object.entries(connection.parameters).map(([name, value]) => [
        name,
        value.replace('{{pageSize}}', String(facts.pageSize)),
      ])
      expect(Object.values(connection.parameters).join()).toContain('{{pageSize}}')
      for (const asked of server.asked) expect(asked).toMatchObject(Object.fromEntries(filled))
      // Each bound is in the request, unless the feed can be asked for no window.
      await stream.fetchPage({ ...window, from: window.from + 60_000 })
      await stream.fetchPage({ ...window, to: window.to - 60_000 })
      expect(new Set([server.requests[0], ...server.requests.slice(3)]).size).toBe(facts.order === 'unsorted' ? 1 : 3)
    })

    test('a page that leads to itself is an error, and no endless walk', async () => {
      for (const page of [pages.first, pages.middle]) {
        const { stream, server } = await replay()
        await server.answerOnce(page, { times: 100 })
        expect(await failureOf(walkBounded(stream))).toMatchObject({ name: 'TransientError' })
        expect(server.requests.length).toBeLessThan(5)
      }
    })
  })

  test.each(refusals)('refused, $name: $expect', async ({ expect: kind, says = [], retryAt, ...answer }) => {
    const { stream, server } = await replay()
    await server.answerOnce(answer, { skip: kind === 'cursor' ? 1 : 0 })
    const error = await failureOf(walk(stream, window))
    expect(error.name, error.message).toBe(errorNames[kind])
    for (const words of says) expect(error.message).toContain(words)
    const wait = retryAt === undefined ? undefined : Date.parse(retryAt)
    expect('retryAt' in error ? error.retryAt : undefined).toBe(wait)
    expectSilent(error)
    expect((await walk(stream, window)).pages).toHaveLength(3)
  })

  describe('answers that are no page', () => {
    const whole = JSON.stringify(pages.first.body)

    test.each<[string, Record<string, unknown>]>([
      ['an HTML page with status 502', { kind: 'html', status: 502 }],
      ['an HTML page with status 200', { kind: 'html' }],
      ['an empty body', { kind: 'text', body: '' }],
      ['a text', { kind: 'text', body: 'hello' }],
      ['cut JSON', { kind: 'truncate' }],
      ['JSON of another form', { kind: 'status', status: 200, body: { ok: true } }],
      ['a number', { kind: 'text', body: '17' }],
      ['null', { kind: 'text', body: 'null' }],
      ['an answer that breaks off', { kind: 'truncate', midway: true }],
      ['a connection that breaks, twice', { kind: 'reset', times: 2 }],
      ['more than the limit', { kind: 'too-large', bytes: 2 * whole.length }],
    ])('%s: tried again later, and nothing is lost', async (_what, fault) => {
      const { stream, server } = await replay({ maxBytes: 2 * whole.length })
      await server.fault(fault)
      const error = await failureOf(stream.fetchPage(window))
      expect(error, error.message).toBeInstanceOf(TransientError)
      expectSilent(error)
      expect((await walk(stream, window)).pages).toHaveLength(3)
    })

    test('no answer in time: tried again later', async () => {
      const { stream, server } = await replay({ timeoutMs: 300 })
      await server.fault({ kind: 'hang' })
      const error = await failureOf(stream.fetchPage(window))
      expect(error).toMatchObject({ name: 'TransientError', message: expect.stringContaining('within 0.3 s') })
      expectSilent(error)
    })

    test('a redirect is not followed: the credential stays here', async () => {
      const [{ stream, server }, elsewhere] = await Promise.all([replay(), startReplay(recorded, () => window.to)])
      for (const [to, where] of [
        [elsewhere.url, elsewhere.url],
        ['', 'another path'],
      ]) {
        await server.fault({ kind: 'redirect', location: `${to}/login?with=${works[0]}` })
        const error = await failureOf(stream.fetchPage(window))
        expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('apiUrl') })
        expect(error.message).toContain(`redirects to ${where}`)
        expectSilent(error)
      }
      expect(server.requests).toHaveLength(2)
      expect(elsewhere.requests).toEqual([])
    })

    test('an element that is no event costs its neighbours nothing', async () => {
      const { stream, server } = await replay()
      const { events } = await stream.fetchPage(window)
      const strange = [17, 'a text', null, [], JSON.parse(`${'['.repeat(150)}${']'.repeat(150)}`)]
      await server.answerOnce({ ...pages.first, body: withElements(pages.first.body, strange) })
      const page = await stream.fetchPage(window)
      expect(rowIdsOf(page.events)).toEqual(rowIdsOf(events))
      expect(page.failures.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))).toEqual(strange)
      expect(page.next).toBeDefined()
    })
  })

  describe('secrets', () => {
    test.each(works.map((secret, index) => ({ secret, index })))(
      'form $index of the credential works',
      async ({ secret }) => {
        const { stream } = await replay({ secret })
        expect((await walk(stream, window)).pages).toHaveLength(3)
        expect(piecesOf(secret)).not.toEqual([])
      },
    )

    test.each(unusable)('one that cannot be sent asks nobody: $says', async ({ secret, says }) => {
      const { stream, server } = await replay({ secret })
      const error = await failureOf(stream.fetchPage(window))
      expect(error).toMatchObject({ name: 'AuthError', unasked: true, message: expect.stringContaining(says) })
      expectSilent(error, secret)
      expect(server.requests).toEqual([])
    })

    test('there is one that cannot be sent', () => expect(unusable).not.toEqual([]))
  })

  test('killed before and after every step of a run, it publishes every event', async () => {
    const minute = 60_000
    const makeWorld = async () => {
      const clock = { time: window.to + 2 * 60 * minute }
      const { stream } = await replay({ now: () => clock.time })
      return new EngineWorld(clock, stream, schema)
    }
    const run = (world: EngineWorld, killer = new Killer()) => world.run({ startAt: window.from, killer })
    const unharmed = await makeWorld()
    const counter = new Killer()
    expect(await run(unharmed, counter)).toMatchObject({ outcome: 'done' })
    const { stream } = await replay()
    expect(unharmed.rowIds).toEqual(new Set(rowIdsOf((await walk(stream, window)).events)))
    expect(unharmed.repeated).toBe(0)
    for (let at = 0; at < counter.steps; at++) {
      const world = await makeWorld()
      await run(world, new Killer(at))
      // Beyond the lease of the run that was killed.
      world.clock.time += 2 * minute
      expect(await run(world), `after a run that was killed at step ${at}`).toMatchObject({ outcome: 'done' })
      expect(world.rowIds, `killed at step ${at}`).toEqual(unharmed.rowIds)
      expect(world.failures).toEqual([])
    }
    // Before and after each of: three pages fetched, published and kept.
    expect(counter.steps).toBeGreaterThanOrEqual(18)
    console.log(`${facts.id}: ${counter.steps} kill points covered`)
  })
}

/** The body with more elements in its list of events: the first list of objects in it. */
function withElements(body: unknown, elements: readonly unknown[]): unknown {
  const copy: unknown = structuredClone(body)
  const values = [copy]
  for (const value of values) {
    if (Array.isArray(value) && typeof value[0] === 'object') {
      value.splice(1, 0, ...elements)
      return copy
    }
    if (typeof value === 'object' && value !== null) values.push(...Object.values(value))
  }
  throw new TypeError('first.json must hold a list of events')
}
