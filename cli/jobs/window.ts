const minuteMs = 60_000

/** What is newer may still be on its way into the lake, and would seem to be missing. In milliseconds. */
const settlingMs = 5 * minuteMs

const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/

/**
 * Reads a day or a time of the command line, in UTC.
 * @param option names it in the message
 * @returns milliseconds since 1970
 * @throws when it is neither, or stands in no calendar
 */
export function parseTime(text: string, option: string): number {
  const time = form.test(text) ? Date.parse(text) : Number.NaN
  // Some readers take the 30th of February for the 2nd of March.
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.replace(/Z$/, ''))
  if (exists) return time
  throw new Error(
    `${option} ${text} is no time: write a day such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z.`,
  )
}

/** Until where the past can be read again. A whole minute, in milliseconds since 1970. */
const latestEnd = (now: number): number => Math.floor((now - settlingMs) / minuteMs) * minuteMs

/**
 * Where a window ends that was asked for at a time.
 * @param to as asked for; absent for as far as possible
 */
export const windowEnd = (to: number | undefined, now: number): number => Math.min(to ?? now, latestEnd(now))

/** Refuses a window that cannot be read. @throws saying which of its ends is wrong */
export function checkWindow(from: number, to: number | undefined, now: number): void {
  if (to !== undefined && to > now) throw new Error('--to lies in the future: leave it out to read up to now.')
  if (to !== undefined && from >= to) throw new Error('--from must lie before --to.')
  if (from >= latestEnd(now)) {
    throw new Error('--from must lie more than five minutes back: what is newer is on its way already.')
  }
}

/** As it is given on the command line: the day alone when it begins then. */
export const timeText = (time: number): string => {
  const text = new Date(time).toISOString().replace('.000Z', 'Z')
  return text.replace('T00:00:00Z', '')
}

export const windowText = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  `${timeText(from)} to ${timeText(to)}`
