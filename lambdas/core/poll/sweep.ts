import type { ObjectStore } from '../ports.ts'
import {
  type ClosedWindow,
  type ClosedWindowPorts,
  closedWindow,
  isClosedWindow,
  readClosedWindow,
} from './closed-window.ts'
import type { Spare } from './engine.ts'
import { isNumber, jsonIn, oneOf, optional, record } from './forms.ts'
import { guardedObject } from './guarded-object.ts'
import { closedRow, type RunRow } from './runs.ts'
import { floorTo } from './walk.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** After midnight it takes so long until the day before is swept. */
const afterMidnightMs = 2 * hourMs

type SweepKind = 'hours' | 'days'

/** How far the slow sweeps of a stream have come. All times are milliseconds since 1970. */
export interface SweepState {
  /** Until where hours and days have been swept; absent before the first time. */
  readonly hours?: number
  readonly days?: number
  /** The sweep that is under way. */
  readonly open?: OpenSweep
}

interface OpenSweep {
  readonly kind: SweepKind
  readonly until: number
  readonly startedAt: number
  readonly window: ClosedWindow
}

export interface SweepOptions extends ClosedWindowPorts {
  readonly store: ObjectStore
  /** Folder of the stream's objects in the store, with a slash at its end. */
  readonly prefix: string
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
}

/** A sweep that is through, or has failed for now. */
export interface SweepResult {
  readonly row: RunRow
  readonly error?: unknown
}

/**
 * What is to be swept: the hours -3 to -1 every hour, so that each hour is swept twice, and the day before once, two hours
 * after midnight UTC. Hours that were missed are made up for by at most a day; what is older has its daily sweep.
 * @param startAt where the stream began; what is older is none of ours
 */
export function dueSweep(
  state: SweepState,
  startAt: number,
  now: number,
):
  | (Omit<OpenSweep, 'window' | 'startedAt'> & {
      readonly from: number
    })
  | undefined {
  const hour = floorTo(now - hourMs, hourMs)
  const day = floorTo(now - afterMidnightMs, dayMs)
  const since = Math.min(hour - 2 * hourMs, (state.hours ?? hour) - hourMs)
  return [
    { kind: 'hours' as const, from: Math.max(startAt, since, hour - dayMs), until: hour },
    { kind: 'days' as const, from: Math.max(startAt, day - dayMs), until: day },
  ].find(({ kind, from, until }) => from < until && until > (state[kind] ?? Number.NEGATIVE_INFINITY))
}

/**
 * Sweeps what is due, as far as time and budget go, and records each sweep that ends.
 * @returns the sweeps that ended. One that failed is the last of them, and the next run goes on with it
 */
export async function sweep(options: SweepOptions, spare: Spare): Promise<SweepResult[]> {
  const { store, prefix, stream, now } = options
  const key = `${prefix}sweep.json`
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const keep = (next: SweepState) => guarded(Buffer.from(JSON.stringify(next)))
  // An unreadable state costs a sweep that finds nothing.
  let state = (stored && parseSweepState(stored.body)) ?? {}
  const results: SweepResult[] = []
  while (spare.mayGoOn()) {
    const due = state.open ? undefined : dueSweep(state, spare.startAt, now())
    const window = due && closedWindow(stream, due.from, due.until)
    const open = state.open ?? (due && window && { kind: due.kind, until: due.until, startedAt: now(), window })
    if (!open) break
    const read = await readClosedWindow(options, open.window, spare, (next) =>
      keep({ ...state, open: { ...open, window: next } }),
    )
    if (read.end === 'open' || read.end === 'lost') break
    const row = closedRow({ kind: 'sweep', stream, startedAt: open.startedAt, endedAt: now(), ...read })
    // Recorded first: a crash in between sweeps the last page again, and finds nothing more.
    if (read.window.counts.requests > open.window.counts.requests) await options.record([row])
    results.push({ row, ...(read.end === 'failed' && { error: read.error }) })
    if (read.end === 'failed') break
    const { open: _ended, ...until } = state
    state = { ...until, [open.kind]: open.until }
    if (!(await keep(state))) break
  }
  return results
}

const form = record({
  hours: optional(isNumber),
  days: optional(isNumber),
  open: optional(
    record({
      kind: oneOf('hours', 'days'),
      until: isNumber,
      startedAt: isNumber,
      window: isClosedWindow,
    }),
  ),
})

function parseSweepState(body: Uint8Array): SweepState | undefined {
  const value = jsonIn(body)
  return isSweepState(value) ? value : undefined
}

const isSweepState = (value: unknown): value is SweepState => form(value)
