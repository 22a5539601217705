import type { TimeFormat } from '../../../schemas/definition.ts'
import { isRawNumber, type Json, parseDecimal } from '../json/json.ts'
import { type Instant, instantOf, offsetMinutes } from './calendar.ts'

export type TimeParser = (value: Json) => Instant | undefined

/** Powers of ten between a unit and the millisecond. */
const unixUnits: Readonly<Record<Exclude<TimeFormat, 'rfc3339'>, number>> = {
  unix: 3,
  unix_ms: 0,
  unix_us: -3,
  unix_ns: -6,
}

// Beyond these the ISO form has a sign and two more digits, and query engines refuse the value.
const minMs = Date.parse('0001-01-01T00:00:00.000Z')
const maxMs = Date.parse('9999-12-31T23:59:59.999Z')

/** 1973, in milliseconds: a smaller number in text is rather a year, or a date such as 20240131, than an instant. */
const earliestAsText = 1e11

/**
 * A parser that tries the formats in order. It also accepts `2024-05-01 12:30:00[.fraction][zone]`, whatever the schema
 * declares, because collectors store events that way; without a zone it counts as UTC and as not exact.
 */
export function compileTime(formats: readonly TimeFormat[]): TimeParser {
  const parsers = [...formats.map(parserOf), parseRfc3339, parseWithoutZone]
  return (value) => {
    for (const parse of parsers) {
      const instant = parse(value)
      if (instant && instant.ms >= minMs && instant.ms <= maxMs) return instant
    }
    return undefined
  }
}

function parserOf(format: TimeFormat): TimeParser {
  if (format === 'rfc3339') return parseRfc3339
  const power = unixUnits[format]
  return (value) => parseUnix(value, power)
}

const msPerDay = 86_400_000
const numbersOf = (digits: number) => Array.from({ length: 10 ** digits }, (_, at) => String(at).padStart(digits, '0'))
const [twoDigits, threeDigits] = [numbersOf(2), numbersOf(3)]
/** The day of the last result, because most events of a batch are of one day. */
let lastDay = { day: Number.NaN, text: '' }

/** ISO 8601 in UTC with milliseconds. */
export function isoText(ms: number): string {
  const day = Math.floor(ms / msPerDay)
  if (day !== lastDay.day) {
    const text = new Date(ms).toISOString()
    lastDay = { day, text: text.slice(0, text.indexOf('T')) }
  }
  const rest = ms - day * msPerDay
  const [hour, minute, second] = [
    Math.floor(rest / 3_600_000),
    Math.floor(rest / 60_000) % 60,
    Math.floor(rest / 1_000) % 60,
  ]
  return `${lastDay.text}T${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[second]}.${threeDigits[Math.floor(rest % 1_000)]}Z`
}

/** The instant of a text that {@link isoText} has made, in milliseconds since 1970; `undefined` for any other value. */
export function parseIsoText(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length !== 24) return undefined
  const ms = Date.parse(value)
  return ms >= minMs && ms <= maxMs && new Date(ms).toISOString() === value ? ms : undefined
}

/** The fast path for the form of nearly all providers: `2026-01-31T12:00:00Z`, with or without milliseconds. */
function parseSimple(text: string): Instant | undefined {
  const hasMs = text.length === 24
  if ((!hasMs && text.length !== 20) || !text.endsWith('Z')) return undefined
  for (const [at, mark] of simpleMarks) if (text.charCodeAt(at) !== mark) return undefined
  if (hasMs && text.charCodeAt(19) !== decimalPoint) return undefined
  const year = digitsAt(text, 0, 4)
  const month = digitsAt(text, 5, 2)
  const day = digitsAt(text, 8, 2)
  const [hour, minute, second] = [digitsAt(text, 11, 2), digitsAt(text, 14, 2), digitsAt(text, 17, 2)]
  const ms = hasMs ? digitsAt(text, 20, 3) : 0
  // Rare or invalid values are left to the pattern: years that Date.UTC misreads, days that a month may lack.
  const common =
    ms >= 0 && year > 99 && month > 0 && month < 13 && day > 0 && day < 29 && hour < 24 && minute < 60 && second < 60
  return common ? { ms: Date.UTC(year, month - 1, day, hour, minute, second, ms), exact: true } : undefined
}

/** `-`, `-`, `T`, `:`, `:` and their positions. */
const simpleMarks = [
  [4, 45],
  [7, 45],
  [10, 84],
  [13, 58],
  [16, 58],
] as const
const decimalPoint = 46

/** The number at a position; NaN when a character is not a digit. */
function digitsAt(text: string, start: number, count: number): number {
  let value = 0
  for (let at = start; at < start + count; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** Numbers may be quoted: Slack does so with the `date` of integration logs. */
function parseUnix(value: Json, power: number): Instant | undefined {
  if (typeof value === 'number' && power >= 0 && Number.isSafeInteger(value)) {
    return { ms: value * 10 ** power, exact: true }
  }
  const text = typeof value === 'number' ? String(value) : isRawNumber(value) ? value.rawJSON : value
  const decimal = typeof text === 'string' ? parseDecimal(text.trim()) : undefined
  if (!decimal || (typeof value === 'string' && Math.abs(Number(value)) * 10 ** power < earliestAsText))
    return undefined
  const exponent = decimal.exponent + BigInt(power)
  if (exponent > 20n || exponent < -400n) return undefined
  const sign = decimal.negative ? -1 : 1
  if (exponent >= 0n || decimal.digits === '')
    return { ms: sign * Number(`${decimal.digits || '0'}e${exponent}`), exact: true }
  const whole = decimal.digits.slice(0, Number(exponent)) || '0'
  // Rounded down, so that an event never seems later than it was.
  return { ms: sign * Number(whole) - (decimal.negative ? 1 : 0), exact: false }
}

const dateTime = String.raw`(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?`
const withZone = new RegExp(`^${dateTime} ?([Zz]|UTC|[+-]\\d\\d(?::?\\d\\d)?)$`)
const withoutZone = new RegExp(`^${dateTime}$`)

function parseRfc3339(value: Json): Instant | undefined {
  if (typeof value !== 'string') return undefined
  const simple = parseSimple(value)
  if (simple) return simple
  const match = withZone.exec(value)
  const offset = match && offsetMinutes(match[8] ?? '')
  return offset === null || offset === undefined || !match ? undefined : instantOf(match.slice(1), offset)
}

function parseWithoutZone(value: Json): Instant | undefined {
  const match = typeof value === 'string' ? withoutZone.exec(value) : null
  const instant = match && instantOf(match.slice(1), 0)
  return instant ? { ms: instant.ms, exact: false } : undefined
}
