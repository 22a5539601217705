import type { Job } from '../../lambdas/core/poll/past/job.ts'

const minuteMs = 60_000

/** Newer events may still be on their way into the lake and would seem to be missing. In milliseconds. */
const settlingMs = 5 * minuteMs

const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/

/**
 * Reads a day or a time from the command line, in UTC.
 * @param option name of the option, for the message
 * @returns milliseconds since 1970
 * @throws when it is neither, or does not exist in the calendar
 */
export function parseTime(text: string, option: string): number {
  const time = form.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse may take the 30th of February for the 2nd of March.
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.replace(/Z$/, ''))
  if (exists) return time
  throw new Error(
    `${option} ${text} is not a time: write a day such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z.`,
  )
}

/**
 * The latest possible end of a window, in milliseconds since 1970: a whole minute, and for a replay the current second.
 * Objects need no time to settle, because a replay publishes all rows of the window whether or not the lake has them,
 * and a bucket lists an object from the moment in which it is written.
 */
const latestEnd = (kind: Job['kind'], now: number): number =>
  kind === 'replay' ? Math.floor(now / 1_000) * 1_000 : Math.floor((now - settlingMs) / minuteMs) * minuteMs

/**
 * The end of a window.
 * @param to the requested end; absent for the latest possible
 * @param now the time of the order
 */
export const windowEnd = (kind: Job['kind'], to: number | undefined, now: number): number =>
  Math.min(to ?? now, latestEnd(kind, now))

/** Checks that a window can be read. @throws naming the end that is invalid */
export function checkWindow(kind: Job['kind'], from: number, to: number | undefined, now: number): void {
  if (to !== undefined && to > now) throw new Error('--to lies in the future: leave it out to read up to now.')
  if (to !== undefined && from >= to) throw new Error('--from must lie before --to.')
  if (from < latestEnd(kind, now)) return
  if (kind === 'replay') throw new Error('--from must lie in the past.')
  throw new Error('--from must lie more than five minutes back: newer events are on their way already.')
}

/** A time as written on the command line: the day alone for its beginning. */
export const timeText = (time: number): string => {
  const text = new Date(time).toISOString().replace('.000Z', 'Z')
  return text.replace('T00:00:00Z', '')
}

export const windowText = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  `${timeText(from)} to ${timeText(to)}`
