import type { EventRow, LongText, Run } from '../../../console/api.ts'
import { hostile } from '../hostile-text.ts'
import { type ConsoleWorld, hour, now, whole } from './world.ts'

/** Sets `globalThis.taken` where it is taken for markup or for code. */
export const markup = `"><img src=x onerror="taken=1"><script>taken=1</script><style>*{display:none}</style><a href="javascript:taken=1">`

/** A text that tries everything. */
const evil = `${markup}${hostile}`

/** A value of five megabytes, as the server cuts it. */
const huge: LongText = { text: `${evil}${'x'.repeat(65_000)}`, bytes: 5_000_000, isCut: true }

const run = (index: number): Run => ({
  kind: index % 50 === 0 ? evil : 'run',
  startedAt: now - index * 8_000,
  endedAt: now - index * 8_000 + 3_000,
  outcome: index % 100 === 0 ? evil : 'done',
  detail: evil,
  window: { from: now - index * 8_000 - 60_000, to: now - index * 8_000 },
})

/**
 * What strangers would send who know that a person reads it: markup, hidden characters, huge values, very many rows.
 */
export const hostileWorld: ConsoleWorld = {
  'GET overview': () => ({
    place: { kind: 'local', name: evil, simulated: false },
    now,
    sources: [
      {
        source: evil,
        label: evil,
        type: evil,
        stream: evil,
        feed: 'polled',
        standing: {
          word: 'failing',
          why: evil.repeat(20),
          remedy: `${evil} npm run verify -- ${evil}`,
          needsPerson: true,
        },
        lastRun: { at: now, outcome: evil, detail: evil },
        rejected: { count: 9_000_000, lastAt: now, lastReason: evil },
        credential: 'unknown',
        openFailures: 9_000_000,
        deadLetters: 9_000_000,
        canConnect: true,
      },
    ],
    totals: { needPerson: 1, openFailures: 9_000_000, deadLetters: 9_000_000 },
    alarms: [{ name: evil, meaning: evil, heading: evil }],
  }),
  'GET rates': () => ({
    tables: [
      {
        source: evil,
        table: evil,
        hour: { from: now - hour, stepMs: 60_000, counts: Array.from({ length: 60 }, () => 1e9) },
        day: { from: now - 24 * hour, stepMs: 60_000, counts: Array.from({ length: 1_440 }, (_, index) => index) },
      },
    ],
  }),
  'GET events': () => ({
    rows: Array.from({ length: 500 }, (_, index): EventRow => {
      const text = index === 0 ? huge.text : evil
      return {
        id: evil,
        table: evil,
        dt: evil,
        at: index % 2 === 0 ? now - index : Number.MAX_VALUE,
        product: text,
        source: text,
        operation: text,
        status: text,
        who: text,
        address: text,
        resource: text,
      }
    }),
    next: evil,
  }),
  'GET event': () => ({
    columns: [
      { name: evil, type: evil, value: huge },
      { name: 'p_any_usernames', type: 'array(string)', value: whole(JSON.stringify([evil, evil, 'ada'])) },
      ...Array.from({ length: 200 }, (_, index) => ({ name: `c${index}`, type: 'string', value: whole(evil) })),
    ],
    nulls: 0,
    event: {
      text: JSON.stringify({ [evil]: evil, more: 'y'.repeat(200_000) }, null, 2),
      bytes: 5_000_000,
      isCut: true,
    },
  }),
  'GET failures': () => ({
    failures: Array.from({ length: 200 }, (_, index) => ({
      id: evil,
      dt: evil,
      receivedAt: now - index,
      source: evil,
      logType: evil,
      reason: evil,
      detail: evil,
      content: huge,
    })),
    openFailures: 9_000_000,
    history: Array.from({ length: 40 }, (_, index) => ({
      reason: `${evil}${index}`,
      counts: { from: now - 168 * hour, stepMs: hour, counts: Array.from({ length: 168 }, () => 1e6) },
    })),
    deadLetters: Array.from({ length: 200 }, () => ({
      key: evil,
      archivedAt: now,
      source: evil,
      queue: evil,
      reason: evil,
      bytes: 1e12,
    })),
    deadLetterTotal: 9_000_000,
    redrives: [{ id: evil, text: evil, isOpen: true }],
  }),
  'POST redrive': () => ({ id: 'r', text: evil, isOpen: true }),
  'GET runs': () => ({
    from: now - 24 * hour,
    to: now,
    lanes: Array.from({ length: 3 }, () => ({
      source: evil,
      stream: evil,
      runs: Array.from({ length: 10_000 }, (_, index) => run(index)),
      gaps: Array.from({ length: 200 }, (_, index) => ({
        from: now - index * 400_000,
        to: now - index * 400_000 + 60_000,
      })),
    })),
  }),
  'GET sql': () => ({
    tables: [
      {
        name: evil,
        isView: false,
        description: evil,
        columns: Array.from({ length: 2_000 }, () => ({ name: evil, type: evil, description: evil })),
      },
    ],
    saved: [
      {
        name: 'evil',
        question: evil,
        reason: evil,
        sql: evil,
        parameters: [{ name: evil, default: evil, isNumber: false, meaning: evil }],
      },
    ],
  }),
  'POST sql': () => ({
    columns: [evil, 'n', 'n', ...Array.from({ length: 30 }, (_, index) => `c${index}`)],
    rows: Array.from({ length: 10_000 }, (_, row) => [
      row === 0 ? huge.text : evil,
      row,
      null,
      ...Array.from({ length: 30 }, () => 'value'),
    ]),
    total: 100_000,
    elapsedMs: 9_000,
  }),
  'GET connect': ({ source }) => ({
    source,
    label: evil,
    type: evil,
    plan: evil,
    forms: [
      { name: evil, role: evil, path: [evil], fields: [{ field: evil, value: evil }], page: 'javascript:taken=1' },
    ],
    events: [{ label: evil, shows: evil }],
    credentials: [],
    hasSecret: true,
    works: evil,
    hints: [evil],
  }),
  'POST connect/secret': () => ({ secret: evil }),
  'POST connect/credential': () => ({ works: false, lines: [{ text: evil, ok: false }] }),
  'GET connect/wait': () => ({ text: evil }),
}
