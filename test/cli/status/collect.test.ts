import { describe, expect, test } from 'vitest'
import { collectStatus } from '../../../cli/status/collect.ts'
import { feedsAmong } from '../../../lambdas/connectors/feeds.ts'
import { AuthError, TransientError } from '../../../lambdas/core/errors.ts'
import { encodeState, type StreamState, stateFrom } from '../../../lambdas/core/poll/live/state.ts'
import { stateFolder } from '../../../lambdas/core/poll/past/job.ts'
import { backOff } from '../../../lambdas/core/poll/waiting.ts'
import { archiveDeadLetter } from '../../../lambdas/core/publish/dead-letters.ts'
import type { Feed } from '../../../lambdas/core/standing/feeds.ts'
import { receiptKey } from '../../../lambdas/core/webhook/receipt-notes.ts'
import { rejectionsKey } from '../../../lambdas/core/webhook/rejections.ts'
import type { LogSchema } from '../../../schemas/definition.ts'
import { classificationFailures } from '../../../schemas/generated/classification_failures.ts'
import type { StackFacts } from '../../../settings/stack-facts.ts'
import { everyType } from '../../support/every-type.ts'
import { lakeInMemory } from '../../support/lake-in-memory.ts'
import { memoryReader } from '../../support/memory-reader.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const now = Date.UTC(2026, 5, 1, 12)
const minutesAgo = (minutes: number) => now - minutes * 60_000
const iso = (time: number) => new Date(time).toISOString()

const feeds: Readonly<Record<string, readonly Feed[]>> = {
  sends: [{ table: everyType.table }],
  polled: [
    { stream: 'x.audit', table: everyType.table },
    { stream: 'x.access', table: 'test_access' },
  ],
}

function installationOf(
  sources: StackFacts['sources'] = { in: { type: 'sends', label: 'In' } },
  more: Partial<StackFacts> = {},
) {
  const ops = memoryStore()
  const lake = lakeInMemory([])
  const facts: StackFacts = {
    region: 'us-east-1',
    buckets: { lake: 'lake', ops: 'ops' },
    queues: { records: '', recordsBulk: '', deadLetters: '' },
    database: '',
    workgroup: '',
    sources,
    ...more,
  }
  const add = (schema: LogSchema, daysAgo: number, row: Readonly<Record<string, string>>) => {
    const dt = iso(now - daysAgo * 86_400_000).slice(0, 10)
    lake.addRows({ table: schema.table, dt }, schema, [{ p_event_time: iso(now), ...row }])
  }
  return {
    ops,
    received: (source: string, at: number, daysAgo = 0) =>
      add(everyType, daysAgo, { p_source_id: source, p_parse_time: iso(at) }),
    failure: (row: Readonly<Record<string, string>>, daysAgo = 0) => add(classificationFailures, daysAgo, row),
    state: (source: string, stream: string, state: Partial<StreamState>) => {
      const beginning = { startAt: 0, low: minutesAgo(10), lookBackMs: 0, rate: { perHour: 100, periodSeconds: 3_600 } }
      const body = encodeState({ ...stateFrom(beginning, now), ...state })
      ops.objects.set(`${stateFolder(source)}${stream}/state.json`, body)
    },
    status: () => collectStatus({ facts, ops: ops.store, lake: lake.ports, now: () => now }, feedsAmong(feeds)),
    noted: (source: string, at: number) =>
      ops.objects.set(receiptKey(source), Buffer.from(JSON.stringify({ receivedAt: at }))),
  }
}

describe('a webhook source', () => {
  test('shows the newest receipt among its rows of the two newest days', async () => {
    const { received, status } = installationOf({
      a: { type: 'sends', label: 'A' },
      b: { type: 'sends', label: 'B' },
      c: { type: 'sends', label: 'C' },
      d: { type: 'sends', label: 'D' },
    })
    received('a', minutesAgo(5))
    received('a', minutesAgo(2))
    received('a', minutesAgo(3), 1)
    received('b', minutesAgo(2_000), 1)
    received('c', minutesAgo(4), 2)
    expect((await status()).sources).toMatchObject([
      { source: 'a', label: 'A', type: 'sends', lastEventAt: minutesAgo(2), credential: 'accepted' },
      { source: 'b', lastEventAt: minutesAgo(2_000), credential: 'unknown' },
      { source: 'c', lastEventAt: undefined, credential: 'unknown' },
      { source: 'd', lastEventAt: undefined, credential: 'unknown' },
    ])
  })

  test('knows its newest event however old it is, from the note or from the lake, whichever is later', async () => {
    const { received, noted, status } = installationOf({
      old: { type: 'sends', label: 'Old' },
      new: { type: 'sends', label: 'New' },
      cut: { type: 'sends', label: 'Cut' },
    })
    noted('old', minutesAgo(90 * 1_440))
    noted('new', minutesAgo(9))
    received('new', minutesAgo(2))
    noted('cut', Number.NaN)
    expect((await status()).sources).toMatchObject([
      { source: 'cut', lastEventAt: undefined, standing: { word: 'not set up' } },
      { source: 'new', lastEventAt: minutesAgo(2), standing: { word: 'working' } },
      { source: 'old', lastEventAt: minutesAgo(90 * 1_440), standing: { word: 'silent' } },
    ])
  })

  test('shows its rejected requests, and needs a person if there were no others', async () => {
    const { ops, status } = installationOf()
    const rejected = { count: 12, lastAt: minutesAgo(3), lastReason: 'bad_credential' }
    ops.objects.set(rejectionsKey('in'), Buffer.from(JSON.stringify({ ...rejected, by: 'an instance' })))
    const { sources, totals } = await status()
    expect(sources).toMatchObject([{ rejected, standing: { word: 'refused', needsPerson: true } }])
    expect(totals.needPerson).toBe(1)
  })

  test('needs a person for its dead letters, whatever its standing', async () => {
    const { ops, noted, status } = installationOf()
    noted('in', minutesAgo(3))
    await archiveDeadLetter(
      { ops: ops.store, claims: memoryReader(ops.objects).reader },
      { messageId: '1', body: '', source: 'in', reason: 'bad_time', detail: '' },
      now,
    )
    const { sources, totals } = await status()
    expect(sources).toMatchObject([{ standing: { word: 'working', needsPerson: false }, deadLetters: 1 }])
    expect(totals.needPerson).toBe(1)
  })
})

describe('a polled source', () => {
  const polled = { x: { type: 'polled', label: 'X' } }

  test('shows each stream by its state, which knows which events its own polling made', async () => {
    const { state, received, status } = installationOf(polled)
    received('x', minutesAgo(1))
    const walk = { from: minutesAgo(60), to: minutesAgo(-5), bound: minutesAgo(30) }
    state('x', 'x.audit', {
      lastEventAt: minutesAgo(7),
      lastResult: { at: minutesAgo(1), outcome: 'open' },
      window: { walk, openedAt: minutesAgo(2), low: minutesAgo(10), lookBack: false },
      backoff: { notBefore: minutesAgo(-3), step: 0 },
    })
    expect((await status()).sources).toMatchObject([
      {
        source: 'x',
        stream: 'x.audit',
        state: 'ok',
        lastRun: { at: minutesAgo(1), outcome: 'open' },
        lastEventAt: minutesAgo(7),
        checkpoint: minutesAgo(10),
        window: { from: minutesAgo(60), to: minutesAgo(-5), readTo: minutesAgo(30) },
        waitsUntil: minutesAgo(-3),
        credential: 'accepted',
      },
      { source: 'x', stream: 'x.access', state: 'never ran', lastEventAt: undefined, credential: 'unknown' },
    ])
    state('x', 'x.audit', {})
    expect((await status()).sources[0]).toMatchObject({ lastEventAt: undefined, waitsUntil: undefined })
  })

  test('shows no stream that the settings leave out', async () => {
    const { status } = installationOf({ x: { ...polled.x, logs: 'access' } })
    expect((await status()).sources.map(({ stream }) => stream)).toEqual(['x.access'])
  })

  test('shows its backlogs in the order of time, and waits only when all of it waits', async () => {
    const { state, status } = installationOf(polled)
    const open = (from: number, more: object) => ({
      walk: { from: minutesAgo(from), to: minutesAgo(from - 10) },
      openedAt: minutesAgo(1),
      low: minutesAgo(from),
      lookBack: false,
      ...more,
    })
    const failure = { outcome: 'internal', detail: 'an error of our own: TypeError' } as const
    const wait = { notBefore: minutesAgo(-8), step: 3 }
    state('x', 'x.audit', {
      window: open(10, {}),
      backlogs: [open(40, {}), open(90, { wait, failure }), open(60, { wait: { notBefore: minutesAgo(2), step: 1 } })],
    })
    const [shown] = (await status()).sources
    expect(shown?.backlogs).toMatchObject([
      { from: minutesAgo(90), to: minutesAgo(80), readTo: undefined, waitsUntil: minutesAgo(-8), failure },
      { from: minutesAgo(60), to: minutesAgo(50), readTo: undefined, waitsUntil: undefined, failure: undefined },
      { from: minutesAgo(40), to: minutesAgo(30), readTo: undefined, waitsUntil: undefined, failure: undefined },
    ])
    expect(shown).toMatchObject({ window: { from: minutesAgo(90) }, waitsUntil: undefined })
  })

  test('reports an unreadable state', async () => {
    const { ops, received, status } = installationOf(polled)
    ops.objects.set('state/x/x.audit/state.json', Buffer.from('{"v":1'))
    received('x', minutesAgo(1))
    expect((await status()).sources[0]).toMatchObject({
      state: 'unreadable',
      credential: 'unknown',
      lastEventAt: minutesAgo(1),
    })
  })

  test.each([
    ['accepted', 'done', undefined],
    ['refused', 'credentials', new AuthError('no')],
    ['missing', 'credentials', new AuthError('none', { unasked: true })],
    ['unknown', 'transient', new TransientError('down')],
  ])('has a credential that is %s', async (credential, outcome, error) => {
    const { state, status } = installationOf(polled)
    const backoff = error && backOff(error, undefined, minutesAgo(1))
    state('x', 'x.audit', { lastResult: { at: minutesAgo(1), outcome }, backoff })
    expect((await status()).sources[0]).toMatchObject({ credential })
  })
})

test('failures are open until a row of any day resolves them', async () => {
  const { failure, status } = installationOf()
  failure({ p_row_id: '1', p_source_id: 'in' }, 9)
  failure({ p_row_id: '2', p_source_id: 'in' }, 9)
  failure({ p_row_id: '2', p_source_id: 'in' }, 8)
  failure({ p_row_id: '3', p_source_id: 'in' }, 3)
  failure({ p_row_id: '4', p_source_id: 'gone' }, 2)
  failure({ p_row_id: '5', p_source_id: 'in', resolves: '1' })
  const { sources, totals } = await status()
  expect(sources).toMatchObject([
    { source: 'in', openFailures: 2 },
    { source: 'gone', openFailures: 1 },
  ])
  expect(sources[1]?.type).toBeUndefined()
  expect(totals).toMatchObject({ sources: 1, openFailures: 3 })
})

test("all dead letters count in total; a source's count covers the newest 200", async () => {
  const { ops, status } = installationOf()
  const forged = { reason: 'wrong_source', detail: '' } as const
  const inVain = { reason: 'not_written', detail: '' } as const
  const archive = (id: number, body: string, daysAgo = 0, source?: string) =>
    archiveDeadLetter(
      { ops: ops.store, claims: memoryReader(ops.objects).reader },
      { messageId: String(id), body, source, ...(id % 2 ? forged : inVain) },
      now - daysAgo * 86_400_000,
    )
  for (let id = 0; id < 150; id++) await archive(id, JSON.stringify({ sourceId: 'in' }), 1)
  for (let id = 0; id < 98; id++) await archive(id, JSON.stringify({ sourceId: 'gone' }))
  await archive(98, '{"Records":[]}', 0, 'gone')
  await archive(99, 'noise')
  ops.objects.set('dead/dt=2026-06-01/zzz.json', Buffer.from('cut'))
  const hostile = { source: '\u009b2J', reason: `a\n\u009b31m${'b'.repeat(1_000)}`, body: '{"sourceId":"\u009b2J"}' }
  ops.objects.set('dead/dt=2026-06-01/zzzz.json', Buffer.from(JSON.stringify(hostile)))
  ops.objects.set('dead/readme.txt', Buffer.from(''))
  const { sources, totals } = await status()
  expect(sources.map(({ source, deadLetters }) => [source, deadLetters])).toEqual([
    ['in', 98],
    ['gone', 99],
  ])
  expect(sources.map(({ deadLetterReasons }) => deadLetterReasons)).toEqual([
    { wrong_source: 50, not_written: 48 },
    { not_written: 50, wrong_source: 49 },
  ])
  expect(totals).toMatchObject({ deadLetters: 252, deadLettersOfUnknownSource: 55 })
  expect(totals.deadLetterReasonsOfUnknownSource).toEqual({
    wrong_source: 1,
    unknown: 1,
    [`a 31m${'b'.repeat(34)}`]: 1,
  })
})

test('a source of an unknown type is shown with the facts that exist', async () => {
  const { status } = installationOf({ new: { type: 'of-tomorrow', label: 'New' } })
  expect((await status()).sources).toEqual([
    {
      source: 'new',
      type: 'of-tomorrow',
      label: 'New',
      lastEventAt: undefined,
      credential: 'unknown',
      openFailures: 0,
      deadLetters: 0,
      standing: {
        word: 'failing',
        why: 'this version of the commands does not know the type of-tomorrow',
        remedy: 'Update this clone to the version that is deployed (git pull, npm ci)',
        needsPerson: true,
      },
    },
  ])
})

describe('the recovery of a webhook', () => {
  const stored = (lastRun: object, more: object = {}) =>
    JSON.stringify({
      v: 1,
      scope: '',
      ledger: { entries: [], arrived: [] },
      isReceiving: true,
      budget: { at: now, requests: 1, rereads: 0, spare: 0 },
      seen: { id: '1', at: minutesAgo(2) },
      lastRun,
      ...more,
    })

  test('is shown beside its source once it has run', async () => {
    const installation = installationOf()
    const lastRun = { at: minutesAgo(1), outcome: 'credentials', detail: 'refused' }
    const backoff = { notBefore: now + 60_000, step: 1 }
    installation.ops.objects.set('state/in/recovery.json', Buffer.from(stored(lastRun, { backoff })))
    const { sources } = await installation.status()
    expect(sources).toMatchObject([
      { source: 'in' },
      {
        source: 'in',
        stream: 'sends recovery',
        state: 'ok',
        lastRun,
        readUntil: minutesAgo(2),
        waitsUntil: now + 60_000,
        credential: 'refused',
      },
    ])
    expect(sources[0]).not.toHaveProperty('stream')
  })

  test('is shown when the settings have one, before its first run as well, and otherwise not, whatever state is left', async () => {
    const sources = { a: { type: 'sends', label: 'A', recovery: true as const }, b: { type: 'sends', label: 'B' } }
    const installation = installationOf(sources, { namesRecoveries: true })
    const lastRun = { at: minutesAgo(4_320), outcome: 'done' }
    installation.ops.objects.set('state/b/recovery.json', Buffer.from(stored(lastRun)))
    const rows = (await installation.status()).sources
    expect(rows.map(({ source, feed }) => [source, feed])).toEqual([
      ['a', 'webhook'],
      ['a', 'recovery'],
      ['b', 'webhook'],
    ])
    expect(rows[1]).toMatchObject({ stream: 'sends recovery', state: 'never ran', standing: { word: 'not set up' } })
  })

  test('of an older stack, which does not name it, is shown by its state, also if that cannot be read', async () => {
    const installation = installationOf()
    expect((await installation.status()).sources).toHaveLength(1)
    installation.ops.objects.set('state/in/recovery.json', Buffer.from('{"v":1'))
    expect((await installation.status()).sources[1]).toMatchObject({ state: 'unreadable', credential: 'unknown' })
  })
})
