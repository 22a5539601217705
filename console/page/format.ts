/** How values are written for people: times in UTC, digits in groups, bytes in decimal units. */

const groups = new Intl.NumberFormat('en-US')

/** A number with its digits in groups: `12,345`. */
export const grouped = (value: number): string => groups.format(value)

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in the unit that keeps the number short: `999 B`, `1.2 MB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1_000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** A rate of events, with as many digits as it needs: `0`, `0.4`, `12`. */
export const rateText = (value: number): string =>
  value === 0 ? '0' : value < 10 ? value.toFixed(1) : grouped(Math.round(value))

/** A time in UTC to the second: `2026-01-15 10:00:00`. */
export const timeText = (time: number): string => isoOf(time).slice(0, 19).replace('T', ' ')

/** A time in UTC to the minute: `01-15 10:00`. */
export const minuteText = (time: number): string => isoOf(time).slice(5, 16).replace('T', ' ')

/** A time in UTC as exact as it is known. */
export const exactTime = (time: number): string => `${isoOf(time).replace('T', ' ').replace('Z', '')} UTC`

/** A time that no calendar holds counts as the first one. */
const isoOf = (time: number): string =>
  new Date(Number.isFinite(time) && Math.abs(time) < 8.64e15 ? time : 0).toISOString()

/** How long a request took: `85 ms`, `1.2 s`. */
export const tookText = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`

/** A count with its noun: `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`

/** A few characters of a long text, and how long it is. Never cuts a character in two. */
export function beginningOf(text: string, length: number): { readonly shown: string; readonly rest: number } {
  if (text.length <= length) return { shown: text, rest: 0 }
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length
  return { shown: text.slice(0, end), rest: text.length - end }
}

/** Commands and names of AWS resources in a text of the project, for a person to copy. */
export function copiedParts(text: string): readonly { readonly text: string; readonly isCopied: boolean }[] {
  const parts: { text: string; isCopied: boolean }[] = []
  let end = 0
  for (const match of text.matchAll(/npm run [^\n]*?(?=[.;]?(?:\n|$))|arn:aws[\w-]*:[^\s,;'"()]+[^\s,;'"().:]/g)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), isCopied: false })
    parts.push({ text: match[0], isCopied: true })
    end = match.index + match[0].length
  }
  return end < text.length ? [...parts, { text: text.slice(end), isCopied: false }] : parts
}
