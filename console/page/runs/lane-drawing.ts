import type { Run, RunLane } from '../../api.ts'

/** Where the runs of a lane are drawn. Positions are pixels from its left; no part of the browser is needed for it. */

/** Outcomes of runs that did not fail. */
const fine: ReadonlySet<string> = new Set(['done', 'open', 'cancelled', 'idle', 'ok'])

export const hasFailed = ({ outcome }: Run): boolean => !fine.has(outcome)

/** The shapes by which kinds of runs are told apart. */
export type Shape = 'failed' | 'sweep' | 'job' | 'merge' | 'run'

export function shapeOf(run: Run): Shape {
  if (hasFailed(run)) return 'failed'
  switch (run.kind) {
    case 'sweep':
    case 'reconcile':
    case 'listing':
      return 'sweep'
    case 'backfill':
    case 'replay':
    case 'recovery':
      return 'job'
    case 'merge':
      return 'merge'
    default:
      return 'run'
  }
}

/** From times to pixels. */
export interface Scale {
  readonly from: number
  readonly to: number
  readonly width: number
}

export const placeOf = (time: number, { from, to, width }: Scale): number =>
  Math.max(0, Math.min(width, ((time - from) / Math.max(1, to - from)) * width))

export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * The windows of event time that runs read without an error: those that touch are one, so that a day of runs is few
 * spans.
 */
export function readSpans(runs: readonly Run[], scale: Scale): readonly Span[] {
  const windows = runs
    .flatMap((run) => (run.window && !hasFailed(run) ? [run.window] : []))
    .filter(({ from, to }) => to > scale.from && from < scale.to)
    .sort((a, b) => a.from - b.from)
  const spans: { from: number; to: number }[] = []
  for (const window of windows) {
    const [from, to] = [placeOf(window.from, scale), placeOf(window.to, scale)]
    const last = spans.at(-1)
    if (last && from <= last.to + 0.5) last.to = Math.max(last.to, to)
    else spans.push({ from, to })
  }
  return spans
}

/** Runs that are drawn as one sign, because they lie too close to be told apart. */
export interface Mark {
  readonly x: number
  readonly shape: Shape
  /** The newest first. */
  readonly runs: readonly Run[]
}

/** The mark that a person looks at. */
export interface Chosen {
  readonly lane: RunLane
  readonly mark: Mark
}

/** Room of a sign. */
const room = 7

/** The signs of a lane, from the left to the right; at most one of each shape for every few pixels. */
export function marksOf({ runs }: RunLane, scale: Scale): readonly Mark[] {
  const marks = new Map<string, { x: number; shape: Shape; runs: Run[] }>()
  for (const run of runs) {
    if (run.endedAt < scale.from || run.startedAt > scale.to) continue
    const shape = shapeOf(run)
    const cell = Math.floor(placeOf(run.startedAt, scale) / room)
    const key = `${cell} ${shape}`
    const mark = marks.get(key) ?? { x: cell * room + room / 2, shape, runs: [] }
    mark.runs.push(run)
    marks.set(key, mark)
  }
  const newest = (a: Run, b: Run) => b.startedAt - a.startedAt
  return [...marks.values()].map((mark) => ({ ...mark, runs: mark.runs.sort(newest) })).sort((a, b) => a.x - b.x)
}

const minute = 60_000
const day = 1_440 * minute
const steps = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880].map((minutes) => minutes * minute)

/** Round times in UTC between two times, at most as many as asked for and one. */
export function ticksOf(from: number, to: number, most: number): readonly number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / most / day) * day
  const first = Math.ceil(from / step) * step
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step)
}
