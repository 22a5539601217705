import { type ConsoleWorld, now, whole } from './world.ts'

/** An installation that has just begun: no source, no event, no run. */
export const emptyWorld: ConsoleWorld = {
  'GET overview': () => ({
    place: { kind: 'local', name: '.audit-lake', simulated: false },
    now,
    sources: [],
    totals: { needPerson: 0, openFailures: 0, deadLetters: 0 },
    alarms: [],
  }),
  'GET rates': () => ({ tables: [] }),
  'GET events': () => ({ rows: [] }),
  'GET event': () => ({ columns: [], nulls: 0, event: whole('{}') }),
  'GET failures': () => ({
    failures: [],
    openFailures: 0,
    history: [],
    deadLetters: [],
    deadLetterTotal: 0,
    redrives: [],
  }),
  'POST redrive': () => ({ id: 'none', text: 'nothing', isOpen: false }),
  'GET runs': () => ({ from: now - 86_400_000, to: now, lanes: [] }),
  'GET sql': () => ({ tables: [], saved: [] }),
  'POST sql': () => ({ columns: ['n'], rows: [], total: 0, elapsedMs: 3 }),
  'GET connect': ({ source }) => ({
    source,
    label: source,
    type: 'none',
    plan: 'any',
    forms: [],
    events: [],
    credentials: [],
    hasSecret: false,
    works: 'Nothing will come.',
    hints: [],
  }),
  'POST connect/secret': () => ({ secret: '' }),
  'POST connect/credential': () => ({ works: false, lines: [] }),
  'GET connect/wait': () => ({ text: 'No run has ended yet.' }),
}
