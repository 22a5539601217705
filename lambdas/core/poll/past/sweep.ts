import { formIn, isNumber, objectOf, optional, type Passing } from '../../json/forms.ts'
import type { ObjectStore } from '../../ports.ts'
import { guardedObject } from '../guarded-object.ts'
import { haveArrived, isPublishedRow } from '../published-row.ts'
import { closedRow, type RunRow } from '../run-row.ts'
import type { RowIds, Spare } from '../spare.ts'
import { mustWait } from '../waiting.ts'
import { floorTo, isUnsorted } from '../walk.ts'
import {
  type ClosedSpan,
  closedSpan,
  closedSpanForm,
  countsOf,
  readClosedSpan,
  unfinished,
  withoutWindow,
} from './closed-span.ts'
import type { ClosedWindowPorts } from './closed-window.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How long after midnight the previous day is swept. */
const afterMidnightMs = 2 * hourMs

/** How far back missed sweeps are caught up. */
const longestMs = { hours: dayMs, days: 7 * dayMs }

/**
 * Attempts per window before giving up: about ten hours with back-off, three while the credential or the settings are
 * refused. Errors are reported from the first one, an attempt that never ended at the end.
 */
const mostAttempts = 16

/** Days come first, because hourly sweeps could starve them. */
const kinds = ['days', 'hours'] as const

type SweepKind = (typeof kinds)[number]

/** How far the sweeps of one kind have come. */
type Track = Passing<typeof isTrack>

const isTrack = objectOf({
  /** The time until which the past has been swept, in milliseconds since 1970; absent before the first sweep. */
  until: optional(isNumber),
  /** The sweep that is under way. */
  open: optional(objectOf({ startedAt: isNumber, ...closedSpanForm })),
  /** The row that an earlier sweep published last. */
  lastRow: optional(isPublishedRow),
})

/** How far the sweeps of a stream have come. */
const isSweepState = objectOf({ hours: optional(isTrack), days: optional(isTrack) })

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
 * The next sweep of a kind: hours -3 to -1 every hour, and the two days before today once a day, two hours after
 * midnight UTC. Each hour and each day is thus swept twice, the second time for events that came later.
 * @param until the time until which the past has been swept
 * @param startAt where the stream began; older events are never swept
 */
export function dueSweep(
  kind: SweepKind,
  until: number | undefined,
  startAt: number,
  now: number,
): { readonly from: number; readonly to: number } | undefined {
  const unit = kind === 'days' ? dayMs : hourMs
  const to = floorTo(now - (kind === 'days' ? afterMidnightMs : hourMs), unit)
  const from = Math.max(startAt, Math.min(to - 2 * unit, (until ?? to) - unit), to - longestMs[kind])
  return from < to && to > (until ?? Number.NEGATIVE_INFINITY) ? { from, to } : undefined
}

/**
 * Works on the sweeps that are due, as far as time and budget allow, and records each when it ends. A later run
 * continues a failed one, which keeps no sweep of the other kind back.
 * @returns the sweeps that have ended or failed
 */
export async function sweep(options: SweepOptions, spare: Spare): Promise<SweepResult[]> {
  const { store, prefix } = options
  const key = `${prefix}sweep.json`
  const stored = await store.get(key)
  const guarded = guardedObject(store, key, stored ? { etag: stored.etag } : { absent: true })
  // An unreadable state costs no more than a repeated sweep.
  let state = formIn(stored?.body, isSweepState) ?? {}
  const results: SweepResult[] = []
  // Each sweep of an unsorted feed reads all of it.
  for (const kind of isUnsorted(options.stream) ? (['days'] as const) : kinds) {
    const keep = async (track: Track) => {
      const next = { ...state, [kind]: track }
      const isKept = await guarded(Buffer.from(JSON.stringify(next)))
      if (isKept) state = next
      return isKept
    }
    const published = kinds.flatMap((one) => state[one]?.lastRow ?? [])
    const result = await sweepKind(options, spare, kind, { track: state[kind] ?? {}, published, keep })
    if (result) results.push(result)
  }
  return results
}

interface Kept {
  readonly track: Track
  /** The rows that earlier sweeps published last. */
  readonly published: Parameters<typeof haveArrived>[0]
  keep(track: Track): Promise<boolean>
}

async function sweepKind(
  options: SweepOptions,
  spare: Spare,
  kind: SweepKind,
  { track, published, keep }: Kept,
): Promise<SweepResult | undefined> {
  const { stream, now } = options
  if (!spare.mayGoOn()) return undefined
  const rowIds: RowIds = (from, to) => options.rowIds(from, to, spare.mayGoOn)
  const due = track.open ? undefined : dueSweep(kind, track.until, spare.startAt, now())
  const open = track.open ?? (due && { startedAt: now(), ...closedSpan(due.from, due.to) })
  if (!open || mustWait(open.wait, now())) return undefined
  if (!(await haveArrived([...published, ...spare.inBulk], rowIds, now()))) return undefined
  const record = async (span: typeof open, error?: unknown): Promise<SweepResult> => {
    const { startedAt } = span
    const facts = { kind: 'sweep', stream, startedAt, endedAt: now(), window: span, counts: countsOf(span) } as const
    const failure = error === undefined ? {} : { error }
    const row = closedRow({ ...facts, ...failure })
    await options.record([row])
    return { row, ...failure }
  }
  // Only attempts that never ended leave this many behind.
  if (isGivenUp(open)) {
    const result = await record(open, unfinished)
    await keep({ ...track, open: withoutWindow(open, stream) })
    return result
  }
  const read = await readClosedSpan(options, open, spare, (next) => keep({ ...track, open: next }))
  if (read.end === 'unsettled') await spare.settle(rowIds)
  if (read.end !== 'done' && read.end !== 'failed') return undefined
  const { span } = read
  // Recorded before it is saved: after a crash in between, the last page is swept again and nothing is found.
  const result = await record(span, read.error)
  const next = isGivenUp(span) ? withoutWindow(span, stream) : span
  const { lastRow = track.lastRow } = span
  if (read.end === 'done' || next.until >= span.to) await keep({ until: span.to, lastRow })
  else if (next !== span) await keep({ ...track, open: next })
  return result
}

const isGivenUp = ({ wait }: ClosedSpan): boolean => (wait?.step ?? 0) >= mostAttempts
