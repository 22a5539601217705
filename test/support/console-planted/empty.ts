import type { ConsoleWorld } from './world.ts'

const now = Date.UTC(2026, 0, 15, 12)

/** An installation that has just begun: no source, no event, no run. */
export const emptyWorld: ConsoleWorld = {
  overview: () => ({
    place: { kind: 'local', name: '.audit-lake', simulated: false },
    now,
    sources: [],
    totals: { needPerson: 0, openFailures: 0, deadLetters: 0 },
    alarms: [],
  }),
  rates: () => ({ now, tables: [] }),
  events: () => ({ rows: [] }),
  event: () => ({ columns: [], nulls: 0, event: { text: '{}', bytes: 2, isCut: false } }),
  failures: () => ({ failures: [], openFailures: 0, history: [], deadLetters: [], deadLetterTotal: 0, redrives: [] }),
  redrive: () => ({ id: 'none', kind: 'failures', text: 'nothing', isOpen: false }),
  runs: () => ({ from: now - 86_400_000, to: now, lanes: [] }),
  sql: () => ({ tables: [], saved: [] }),
  ask: () => ({ columns: ['n'], rows: [], total: 0, elapsedMs: 3 }),
  form: (source) => ({
    source,
    label: source,
    type: 'none',
    plan: 'any',
    forms: [],
    events: [],
    credentials: [],
    hasSecret: false,
    byConsent: false,
    works: 'Nothing will come.',
    hints: [],
  }),
  secret: () => ({ secret: '' }),
  credential: () => ({ works: false, lines: [] }),
  wait: () => ({ text: 'No run has ended yet.' }),
}
