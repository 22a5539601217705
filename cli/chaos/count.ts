import { Lake } from '../../local/query/lake-query.ts'
import type { Plain } from '../../local/query/query-value.ts'
import type { SourceLog } from './source-log.ts'

/** What became of one log of a provider. */
export interface Counted {
  readonly source: string
  readonly table: string
  /** Events that the provider has shown or sent, at least half an hour ago. */
  readonly events: number
  /** Of these, those with a row. */
  readonly found: number
  /** Ids of the others. */
  readonly lost: readonly string[]
  /**
   * Rows beyond the one that each event has, of those that were received more than an hour ago: merging removes them.
   */
  readonly duplicate: number
  /** The same, of all rows: before merging. */
  readonly repeated: number
  /** Rows of events that the provider never showed. */
  readonly unknown: number
}

/** Source against lake. */
export interface Count {
  readonly logs: readonly Counted[]
  readonly lost: number
  readonly duplicate: number
  readonly repeated: number
  readonly unknown: number
  /** What could not be read and is kept: the texts that were spoiled on purpose, and others. */
  readonly quarantined: { readonly planted: number; readonly others: number; readonly missing: number }
  /** Names of the archived dead letters. */
  readonly deadLetters: readonly string[]
}

export interface CountOptions {
  /** The data folder of the run. */
  readonly data: string
  readonly logs: readonly SourceLog[]
  /** The functions' time, in milliseconds since 1970. */
  readonly now: number
  /** Names of the archived dead letters. */
  readonly deadLetters: readonly string[]
}

/** Counts what providers hold against the rows of the lake, as a query sees them now. */
export async function count({ data, logs: sources, now, deadLetters }: CountOptions): Promise<Count> {
  // First, because events go on being shown.
  const shown = await Promise.all(sources.map(async (log) => ({ log, shown: await log.shown() })))
  const lake = await Lake.open(data)
  const ask = async (sql: string) => (await lake.query(sql)).rows
  try {
    const logs: Counted[] = []
    for (const one of shown) logs.push(await countLog(ask, one, now))
    const sum = (of: (log: Counted) => number) => logs.reduce((total, log) => total + of(log), 0)
    return {
      logs,
      lost: sum(({ lost }) => lost.length),
      duplicate: sum(({ duplicate }) => duplicate),
      repeated: sum(({ repeated }) => repeated),
      unknown: sum(({ unknown }) => unknown),
      quarantined: await countFailures(ask, sources),
      deadLetters,
    }
  } finally {
    lake.close()
  }
}

type Ask = (sql: string) => Promise<readonly (readonly Plain[])[]>

/** Within this time a row that came twice is one, in milliseconds. */
const mergedAfterMs = 3_600_000
/**
 * Within this time every event is a row, in milliseconds: polling may wait for a provider, and here the clock leaps.
 */
const shownAfterMs = 1_800_000

async function countLog(
  ask: Ask,
  { log, shown }: { readonly log: SourceLog; readonly shown: ReadonlyMap<string, number> },
  now: number,
): Promise<Counted> {
  const { source, table, id, hasVersions } = log
  const due = new Set([...shown].flatMap(([one, at]) => (at < now - shownAfterMs ? [one] : [])))
  const merged = new Date(now - mergedAfterMs).toISOString()
  const same = hasVersions ? `${id}, date_trunc('day', p_event_time)` : id
  const rows = await ask(`
    SELECT ${id}, count(*), greatest(1, count(*) FILTER (p_parse_time < TIMESTAMP '${merged.slice(0, 23)}'))
    FROM ${table} WHERE p_source_id = '${source}' GROUP BY ${same}`)
  const found = new Set(rows.map(([one]) => String(one)))
  return {
    source,
    table,
    events: due.size,
    found: due.intersection(found).size,
    lost: [...due.difference(found)],
    duplicate: rows.reduce((sum, [, , times]) => sum + Number(times) - 1, 0),
    repeated: rows.reduce((sum, [, times]) => sum + Number(times) - 1, 0),
    unknown: found.difference(new Set(shown.keys())).size,
  }
}

async function countFailures(ask: Ask, logs: readonly SourceLog[]): Promise<Count['quarantined']> {
  const planted = new Set(logs.flatMap(({ spoiled }) => [...(spoiled?.() ?? [])]))
  const rows = await ask('SELECT DISTINCT raw FROM open_failures')
  const kept = new Set(rows.map(([raw]) => String(raw)))
  return {
    planted: planted.intersection(kept).size,
    others: kept.difference(planted).size,
    missing: planted.difference(kept).size,
  }
}
