const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

/** A duration for people, in its two largest units: `3d 4h`, `59s`. A negative one counts as 0. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const first = units.findIndex(([, size]) => seconds >= size)
  let rest = seconds
  const parts = units.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest %= size
    return count > 0 ? [`${count}${unit}`] : []
  })
  return first < 0 ? '0s' : parts.join(' ')
}

/** A duration in its largest unit: `3d`, `59s`. A negative one counts as 0. */
export const shortAge = (ms: number): string => spanText(ms).split(' ')[0] ?? ''

/** A time relative to now. */
export const ageText = (time: number, now: number): string =>
  time <= now ? `${spanText(now - time)} ago` : `in ${spanText(time - now)}`

/** Null for a time that is not known, or that no calendar holds. */
export function isoTime(time: number | undefined): string | null {
  const date = new Date(time ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
