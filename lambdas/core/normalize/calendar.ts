/** An instant read from an event. */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly ms: number
  /** False when the value is finer than milliseconds, or when its time zone had to be assumed. */
  readonly exact: boolean
}

/**
 * The instant of a calendar date and a time of day; `undefined` when there is no such. A leap second counts as the
 * following second.
 * @param written year, month, day, hour, minute and second in digits, and the digits after the decimal point, if there
 *   are any
 * @param offset minutes east of UTC
 */
export function instantOf(written: readonly (string | undefined)[], offset: number): Instant | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = written.slice(0, 6).map(Number)
  const fraction = written[6] ?? ''
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return undefined
  date.setUTCHours(hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')))
  const exact = second < 60 && /^0*$/.test(fraction.slice(3))
  return { ms: date.getTime() - offset * 60_000, exact }
}

/** Minutes east of UTC for `Z`, `UTC`, `+02`, `+0200` and `+02:00`. */
export function offsetMinutes(zone: string): number | undefined {
  if (/^(?:z|utc)$/i.test(zone)) return 0
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (!match) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  if (Number(match[3] ?? 0) > 59 || minutes > 24 * 60) return undefined
  return match[1] === '-' ? -minutes : minutes
}
