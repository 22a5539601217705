import { describe, expect, test } from 'vitest'
import type { SourceFacts } from '../../../cli/status/collect.ts'
import { detailLines } from '../../../cli/status/render-details.ts'
import { statusJson } from '../../../cli/status/render-json.ts'
import { AuthError, TransientError } from '../../../lambdas/core/errors.ts'
import { stateFolder } from '../../../lambdas/core/poll/past/job.ts'
import { backOff } from '../../../lambdas/core/poll/waiting.ts'
import { readObjectStream } from '../../../lambdas/core/standing/object-stream.ts'
import { standingOf } from '../../../lambdas/core/standing/standing.ts'
import { newState, type StreamState, streamStateKey } from '../../../lambdas/core/stream/stream-state.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const now = Date.UTC(2026, 5, 10, 12)
const hoursAgo = (hours: number) => now - hours * 3_600_000
const day = (name: string, objects: number) => ({
  day: name,
  objects,
  excluded: 2,
  ignored: 1,
  events: 10 * objects,
  failed: 0,
  leftOut: 3,
})
const lasting = { id: '7', destination: 'S3, example-logs', enabled: true }
const full: StreamState = {
  lastEventAt: hoursAgo(1),
  lastResult: { at: hoursAgo(0.5), outcome: 'done' },
  days: [day('2026-06-02', 100), day('2026-06-09', 20), day('2026-06-10', 4)],
  unfinished: [{ name: 'a/b\u001b[31m.json.log.gz', version: 'v', position: { bytes: 64, lines: 2 } }],
  listing: { startedAt: hoursAgo(5), endedAt: hoursAgo(4), isOpen: false, found: 3 },
  configuration: { at: hoursAgo(6), outcome: 'done', streams: [lasting] },
}

/** The status of one source with a bucket, as it is read from its stored state. */
async function factsOf(state: StreamState | string | undefined): Promise<SourceFacts> {
  const { store, objects } = memoryStore()
  const key = streamStateKey(stateFolder('s'))
  if (state !== undefined) objects.set(key, Buffer.from(typeof state === 'string' ? state : JSON.stringify(state)))
  const facts = await readObjectStream(store, 's', now)
  const type = 'github-audit-stream-s3'
  return { source: 's', type, label: 'S', feed: 'bucket', stream: 'x.files', openFailures: 0, deadLetters: 0, ...facts }
}

async function shown(state: StreamState | string | undefined) {
  const totals = {
    sources: 1,
    needPerson: 0,
    openFailures: 0,
    deadLetters: 0,
    deadLettersOfUnknownSource: 0,
    deadLetterReasonsOfUnknownSource: {},
  }
  const facts = await factsOf(state)
  const status = { ...facts, standing: standingOf(facts, { now }) }
  const [json] = statusJson({ now, sources: [status], jobs: [], totals })
  const lines = detailLines(status, 's', { now, width: Number.POSITIVE_INFINITY })
  return { lines: lines.slice(1), json: JSON.parse(json ?? ''), standing: status.standing }
}

describe('a stream in a bucket', () => {
  test('shows for people what was read and left unread, and the state of its bucket', async () => {
    const { lines, standing } = await shown(full)
    expect(standing).toEqual({ word: 'working', needsPerson: false })
    expect(lines).toEqual([
      '  last run      30m ago, done',
      '  open window   -',
      '  next attempt  next minute',
      '  credential    accepted',
      '  days        objects read  excluded  ignored  events  failed  left out',
      '  ----------  ------------  --------  -------  ------  ------  --------',
      '  today                  4         2        1      40       0         3',
      '  last eight            24         4        2     240       0         6',
      '  1 object is unfinished, such as a/b [31m.json.log.gz; the last whole listing ended 4h ago and found 3 objects that no message had named',
      '  the provider has its stream 7 (S3, example-logs) switched on, asked 6h ago',
    ])
  })

  test('shows the same for programs', async () => {
    const { json } = await shown(full)
    expect(json).toMatchObject({ state: 'ok', lastEvent: '2026-06-10T11:00:00.000Z', lagSeconds: null, window: null })
    expect(json.objects).toEqual({
      read: 24,
      excluded: 4,
      ignored: 2,
      events: 240,
      failed: 0,
      leftOut: 6,
      today: { read: 4, excluded: 2, ignored: 1, events: 40, failed: 0, leftOut: 3 },
      days: [
        { day: '2026-06-09', read: 20, excluded: 2, ignored: 1, events: 200, failed: 0, leftOut: 3 },
        { day: '2026-06-10', read: 4, excluded: 2, ignored: 1, events: 40, failed: 0, leftOut: 3 },
      ],
      unfinished: [{ name: 'a/b\u001b[31m.json.log.gz', readBytes: 64, readLines: 2 }],
      listing: {
        startedAt: '2026-06-10T07:00:00.000Z',
        endedAt: '2026-06-10T08:00:00.000Z',
        open: false,
        found: 3,
        waitsUntil: null,
        detail: null,
      },
      provider: {
        at: '2026-06-10T06:00:00.000Z',
        outcome: 'done',
        detail: null,
        streams: [{ ...lasting, pausedSince: null }],
      },
    })
  })

  test('of today has no counts at midnight', async () => {
    const { json } = await shown({ ...full, days: [day('2026-06-09', 20)] })
    expect(json.objects).toMatchObject({ read: 20, today: { read: 0, excluded: 0 } })
  })

  test('that is new has no listing, and one that works on its first has not ended it', async () => {
    expect((await shown(newState)).lines.at(-1)).toBe('  no object is unfinished; its bucket has never been listed')
    const listing = { startedAt: hoursAgo(1), isOpen: true, found: 1 }
    expect((await shown({ ...newState, listing })).lines.at(-1)).toBe(
      '  no object is unfinished; no listing has ended yet; one that began 1h ago has found 1 object that no message had named so far',
    )
  })

  test.each([
    ['never ran', undefined],
    ['unreadable', '{"days":'],
  ])('%s', async (state, stored) => {
    const { json, standing } = await shown(stored)
    expect(json).toMatchObject({ state, credential: 'unknown', objects: null })
    expect(standing).toMatchObject({ word: state === 'unreadable' ? 'failing' : 'not set up', needsPerson: true })
  })
})

describe("what the provider's own record says", () => {
  const withStreams = (...streams: NonNullable<StreamState['configuration']>['streams']) =>
    shown({ ...full, configuration: { at: hoursAgo(6), outcome: 'done', streams } })

  test('of a paused stream is why it fails, whatever else does', async () => {
    const { standing, json } = await shown({
      ...full,
      lastResult: { at: now, outcome: 'transient', detail: 'down' },
      configuration: { at: hoursAgo(6), outcome: 'done', streams: [{ ...lasting, pausedAt: hoursAgo(49) }] },
    })
    expect(standing).toEqual({
      word: 'failing',
      why: 'THE PROVIDER HAS PAUSED THE STREAM 7 (S3, example-logs), 2d 1h ago',
      remedy: 'Switch it on there: no event arrives until then',
      needsPerson: true,
    })
    expect(json.objects.provider.streams).toEqual([{ ...lasting, pausedSince: '2026-06-08T11:00:00.000Z' }])
  })

  test('of one that is switched off', async () => {
    const { lines, standing, json } = await withStreams({ ...lasting, destination: 'S3\n', enabled: false })
    expect(standing).toMatchObject({ word: 'failing', needsPerson: true })
    expect(lines.at(-1)).toBe('  the provider has its stream 7 (S3 ) SWITCHED OFF, asked 6h ago')
    expect(json.objects.provider.streams).toMatchObject([{ enabled: false, pausedSince: null }])
  })

  test.each([
    ['refused', new AuthError('no')],
    ['missing', new AuthError('none', { unasked: true })],
  ])('cannot be read with a credential that is %s, and what it said before stays', async (credential, error) => {
    const wait = backOff(error, undefined, hoursAgo(0.01))
    const at = hoursAgo(0.01)
    const configuration = { at, outcome: 'credentials', detail: 'put in a token', wait }
    const stopped = await shown({
      ...full,
      configuration: { ...configuration, streams: [{ ...lasting, enabled: false }] },
    })
    expect(stopped.json).toMatchObject({
      credential,
      standing: 'failing',
      objects: { provider: { outcome: 'credentials', detail: 'put in a token' } },
    })
    expect(stopped.lines.at(-1)).toContain('SWITCHED OFF')
    expect(stopped.lines.at(-2)).toBe('  credentials, asked for its stream 36s ago: put in a token')
    // Its events come, but a person must see to it that a pause is noticed.
    const unknown = await shown({ ...full, configuration: { ...configuration, streams: [] } })
    expect(unknown.standing).toMatchObject({ word: 'working', needsPerson: true })
    expect(unknown.standing.why).toContain('put in a token')
  })
})

test('a bucket that cannot be listed fails, with its next attempt', async () => {
  const wait = { notBefore: hoursAgo(-1), step: 2 }
  const listing = { startedAt: hoursAgo(5), isOpen: true, found: 0, wait, detail: 'access\nwas denied' }
  const { lines, standing, json } = await shown({ ...full, listing })
  expect(standing).toMatchObject({
    word: 'failing',
    why: 'the bucket cannot be listed: access\nwas denied',
    needsPerson: false,
  })
  expect(lines.join('\n')).toContain('next attempt in 1h')
  expect(json).toMatchObject({ why: 'the bucket cannot be listed: access was denied' })
  expect(json.objects.listing).toMatchObject({ waitsUntil: '2026-06-10T13:00:00.000Z', detail: 'access was denied' })
})

test('a bucket that sends no messages is as well as the listing of its newest objects', async () => {
  const at = hoursAgo(0.1)
  expect((await shown({ ...full, newest: { at } })).json).toMatchObject({ standing: 'working', lagSeconds: 360 })
  const failing = (error: Error, outcome: string, step: number) =>
    shown({
      ...full,
      newest: { at, outcome, detail: 'why', wait: backOff(error, { notBefore: 0, step: step - 1 }, hoursAgo(0.001)) },
    })
  const refused = await failing(new AuthError('no'), 'credentials', 1)
  expect(refused.json).toMatchObject({ standing: 'refused', why: 'why', credential: 'refused', needsPerson: true })
  const missing = await failing(new AuthError('none', { unasked: true }), 'credentials', 1)
  expect(missing.json).toMatchObject({ standing: 'not set up', credential: 'missing', needsPerson: true })
  const down = await failing(new TransientError('down'), 'transient', 2)
  expect(down.json).toMatchObject({ standing: 'failing', why: 'why', needsPerson: false })
})
