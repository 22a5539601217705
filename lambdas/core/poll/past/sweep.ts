import { isNumber, jsonIn, objectOf, oneOf, optional, type Passing } from '../../json/forms.ts'
import type { ObjectStore } from '../../ports.ts'
import { guardedObject } from '../guarded-object.ts'
import { closedRow, type RunRow } from '../run-row.ts'
import type { Spare } from '../stream.ts'
import { floorTo } from '../walk.ts'
import { closedSpan, closedSpanForm, countsOf, readClosedSpan, withoutDay } from './closed-span.ts'
import type { ClosedWindowPorts } from './closed-window.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How long after midnight the previous day is swept. */
const afterMidnightMs = 2 * hourMs

/** How far back missed sweeps are caught up. */
const longestHoursMs = dayMs
const longestDaysMs = 7 * dayMs

/**
 * Attempts per swept day before giving up: more than half a day with back-off. Errors are reported from the first one.
 */
const mostAttempts = 16

type SweepKind = 'hours' | 'days'

/** How far the sweeps of a stream have come. All times are milliseconds since 1970. */
export type SweepState = Passing<typeof isSweepState>

const isSweepState = objectOf({
  /** The time until which hours or days have been swept; absent before the first sweep. */
  hours: optional(isNumber),
  days: optional(isNumber),
  /** The sweep that is under way. */
  open: optional(objectOf({ kind: oneOf('hours', 'days'), startedAt: isNumber, ...closedSpanForm })),
})

export interface SweepOptions extends ClosedWindowPorts {
  readonly store: ObjectStore
  /** Folder of the stream's objects in the store, with a slash at its end. */
  readonly prefix: string
  /** Makes rows of `collection_runs` durable. */
  record(rows: readonly RunRow[]): Promise<void>
}

/** A sweep that has ended, or whose last attempt failed. */
export interface SweepResult {
  readonly row: RunRow
  readonly error?: unknown
}

/**
 * The next sweep: hours -3 to -1 every hour, and the two days before today once a day, two hours after midnight UTC.
 * Each hour and each day is thus swept twice, the second time for events that came later. Days come first, because
 * hourly sweeps could starve them.
 * @param startAt where the stream began; older events are never swept
 */
export function dueSweep(
  state: SweepState,
  startAt: number,
  now: number,
): { readonly kind: SweepKind; readonly from: number; readonly to: number } | undefined {
  const hour = floorTo(now - hourMs, hourMs)
  const day = floorTo(now - afterMidnightMs, dayMs)
  const hoursFrom = Math.min(hour - 2 * hourMs, (state.hours ?? hour) - hourMs)
  const daysFrom = Math.min(day - 2 * dayMs, (state.days ?? day) - dayMs)
  return [
    { kind: 'days' as const, from: Math.max(startAt, daysFrom, day - longestDaysMs), to: day },
    { kind: 'hours' as const, from: Math.max(startAt, hoursFrom, hour - longestHoursMs), to: hour },
  ].find(({ kind, from, to }) => from < to && to > (state[kind] ?? Number.NEGATIVE_INFINITY))
}

/**
 * Works on the sweep that is due, as far as time and budget allow, and records it when it ends.
 * @returns the sweep if it has ended or failed; a later run continues a failed one
 */
export async function sweep(options: SweepOptions, spare: Spare): Promise<SweepResult | undefined> {
  const { store, prefix, stream, now } = options
  const key = `${prefix}sweep.json`
  const stored = await store.get(key)
  // An unreadable state costs no more than a repeated sweep.
  const state = (stored && parseSweepState(stored.body)) ?? {}
  const due = state.open ? undefined : dueSweep(state, spare.startAt, now())
  const open = state.open ?? (due && { kind: due.kind, startedAt: now(), ...closedSpan(due.from, due.to) })
  if (!open) return undefined
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  const keep = (next: SweepState) => guarded(Buffer.from(JSON.stringify(next)))
  const read = await readClosedSpan(options, open, spare, (next) => keep({ ...state, open: next }))
  if (read.end === 'open' || read.end === 'lost') return undefined
  const { span } = read
  const counts = countsOf(span)
  const failure = read.end === 'failed' ? { error: read.error } : {}
  const row = closedRow({
    kind: 'sweep',
    stream,
    startedAt: span.startedAt,
    endedAt: now(),
    window: span,
    counts,
    ...failure,
  })
  // Recorded before it is saved: after a crash in between, the last page is swept again and nothing is found.
  await options.record([row])
  const isGivenUp = (span.wait?.step ?? 0) >= mostAttempts
  const next = isGivenUp ? withoutDay(span) : span
  const { open: _ended, ...until } = state
  if (read.end === 'done' || next.until >= span.to) await keep({ ...until, [span.kind]: span.to })
  else if (isGivenUp) await keep({ ...state, open: next })
  return { row, ...failure }
}

function parseSweepState(body: Uint8Array): SweepState | undefined {
  const value = jsonIn(body)
  return isSweepState(value) ? value : undefined
}
