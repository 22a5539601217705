import { RecordError } from '../errors.ts'

/** A number that a double cannot hold exactly, kept as it was written. `JSON.stringify` writes it out unchanged. */
export interface RawNumber {
  readonly rawJSON: string
}

/** JSON whose numbers kept every digit. */
export type Json = null | boolean | number | string | RawNumber | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** Most levels of objects and arrays; a text that nests deeper is refused. */
export const maxDepth = 100

// The TypeScript library does not describe these yet: https://tc39.es/proposal-json-parse-with-source/
interface JsonWithSource {
  isRawJSON(value: unknown): value is RawNumber
  rawJSON(text: string): RawNumber
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): Json
  parse(text: string): Json
}
const json = JSON as unknown as JsonWithSource

export const isRawNumber = (value: unknown): value is RawNumber => json.isRawJSON(value)

/** A number that `JSON.stringify` writes exactly as this text. */
export const rawNumber = (text: string): RawNumber => json.rawJSON(text)

export const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)

export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)

/** A number's exponent of three or more digits, followed by the end of the value, which rules out most strings. */
const longExponent = /\d[eE][+-]?\d{3,}(?:[\s,}\]]|$)/

/** Digits that a double may not hold. */
const manyDigits = 16

/**
 * Whether the text may hold a number that a double cannot: one of 16 or more digits, or with an exponent of three.
 * Checked first, because the lossless parse takes several times as long as the plain one. Looking at every 16th
 * character is enough to meet every run of 16 digits.
 */
function mayLoseDigits(text: string): boolean {
  for (let at = manyDigits - 1; at < text.length; at += manyDigits) {
    if (!isNumeric(text.charCodeAt(at))) continue
    let start = at
    while (start > 0 && isNumeric(text.charCodeAt(start - 1))) start--
    let end = at
    while (end + 1 < text.length && isNumeric(text.charCodeAt(end + 1))) end++
    // Digits inside a string mostly follow a quote or a letter, which no number does.
    if (end - start >= manyDigits - 1 && startsNumber(text, start)) return true
    at = Math.max(at, end)
  }
  return longExponent.test(text)
}

/** A digit or a decimal point. */
const isNumeric = (code: number): boolean => (code > 47 && code < 58) || code === 46

/** Whether the character before may precede a number. */
function startsNumber(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  return at === 0 || before <= 32 || ':,[-'.includes(text.charAt(at - 1))
}

/**
 * Parses one JSON text, keeping every digit of every number.
 * @param limit most levels of objects and arrays
 * @throws {RecordError} `not_json`, or `too_deep` when it nests deeper
 */
export function parseJson(text: string, limit = maxDepth): Json {
  if (nestsTooDeep(text, limit)) throw new RecordError('too_deep', `nested deeper than ${limit} levels`)
  try {
    return mayLoseDigits(text) ? json.parse(text, keepDigits) : json.parse(text)
  } catch (cause) {
    throw new RecordError('not_json', `not JSON: ${positionOf(cause)}`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Decodes UTF-8 and drops a byte order mark at the start.
 * @throws {RecordError} `invalid_utf8`, because replacing invalid bytes would lose them
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new RecordError('invalid_utf8', 'not valid UTF-8')
  }
}

/** Only the position of a syntax error, because the engine's message quotes text that may hold a secret. */
function positionOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : ''
  const position = /position (\d+)/.exec(message)
  if (position) return `unexpected character at position ${position[1]}`
  return /end of JSON input|Unterminated/.test(message) ? 'the text ends too early' : 'unexpected character'
}

const exponent = /e/i

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  const { source } = context
  if (typeof value !== 'number' || source === undefined) return value
  // A double holds every number of 15 digits, so that most need no comparison.
  if (source.length < manyDigits && !exponent.test(source)) return value
  return sameDecimal(source, String(value)) ? value : rawNumber(source)
}

/** Whether two JSON numbers are the same number, exactly. */
export function sameDecimal(a: string, b: string): boolean {
  if (a === b) return true
  const canonical = canonicalDecimal(a)
  return canonical !== undefined && canonical === canonicalDecimal(b)
}

/** A decimal number as `digits * 10^exponent`; the digits neither begin nor end with a zero. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: bigint
}

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Longer exponents are refused: converting them takes more than linear time, and no measured quantity needs them. */
const maxExponentDigits = 18

/** Reads a decimal number; `undefined` when the text is not one. Zero is `{digits: '', exponent: 0n}`. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = decimalForm.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if ((whole === '' && fraction === '') || power.length > maxExponentDigits) return undefined
  const all = whole + fraction
  let start = 0
  while (all[start] === '0') start++
  let end = all.length
  while (end > start && all[end - 1] === '0') end--
  if (start === end) return { negative: false, digits: '', exponent: 0n }
  const exponent = BigInt(power) + BigInt(whole.length - end)
  return { negative: sign === '-', digits: all.slice(start, end), exponent }
}

const plainInteger = /^-?[1-9]\d*$/

/** One text for all ways to write the same number. */
function canonicalDecimal(text: string): string | undefined {
  // Most numbers are such, and a request may hold a hundred thousand.
  if (plainInteger.test(text)) {
    let end = text.length
    while (text.charCodeAt(end - 1) === zero) end--
    return `${text.slice(0, end)}e${text.length - end}`
  }
  const decimal = parseDecimal(text)
  return decimal && `${decimal.negative ? '-' : ''}${decimal.digits}e${decimal.exponent}`
}

/** Most trailing zeros to write out; numbers with more keep their scientific form. */
const maxZeros = 40n

/** A number as people write ids: a whole number in plain digits, whatever its notation; anything else unchanged. */
export function numberText(value: number | RawNumber): string {
  if (Number.isSafeInteger(value)) return String(value)
  const text = typeof value === 'number' ? String(value) : value.rawJSON
  const decimal = parseDecimal(text)
  if (!decimal || decimal.exponent < 0n || decimal.exponent > maxZeros) return text
  return `${decimal.negative ? '-' : ''}${decimal.digits || '0'}${'0'.repeat(Number(decimal.exponent))}`
}

/**
 * The canonical form of JSON: members sorted, null members left out, numbers by value. Two events are equal exactly
 * when their canonical forms are.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isRawNumber(value)) return canonicalDecimal(value.rawJSON) ?? value.rawJSON
  let members = ''
  // This is half of the work on a webhook, so that it makes neither lists nor closures for each object.
  for (const name of Object.keys(value).sort()) {
    const member = value[name] ?? null
    if (member === null) continue
    members += `${members === '' ? '' : ','}${quotedName(name)}:${canonicalJson(member)}`
  }
  return `{${members}}`
}

function canonicalNumber(value: number): string {
  // The form of nearly all numbers, without a look at their digits.
  if (Number.isSafeInteger(value) && value % 10 !== 0) return `${value}e0`
  return canonicalDecimal(String(value)) ?? String(value)
}

/** Names recur in every event; those that came first are kept in their JSON form. */
const quotedNames = new Map<string, string>()
const mostNames = 2_000
const longestName = 64

function quotedName(name: string): string {
  const known = quotedNames.get(name)
  if (known !== undefined) return known
  const quoted = JSON.stringify(name)
  if (quotedNames.size < mostNames && name.length <= longestName) quotedNames.set(name, quoted)
  return quoted
}

/** Whether objects and lists nest deeper; counts brackets first, because most texts hold too few for that. */
export function nestsTooDeep(text: string, limit: number): boolean {
  if (occurrences(text, '{', limit) + occurrences(text, '[', limit) <= limit) return false
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === backslash) i++
      else if (code === quote) inString = false
    } else if (code === quote) inString = true
    else if (code === openBrace || code === openBracket) {
      if (++depth > limit) return true
    } else if (code === closeBrace || code === closeBracket) depth--
  }
  return false
}

const zero = 48
const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]

/** At most one more than the limit, because a text may hold millions. */
function occurrences(text: string, bracket: string, limit: number): number {
  let count = 0
  for (let at = text.indexOf(bracket); at !== -1 && count <= limit; at = text.indexOf(bracket, at + 1)) count++
  return count
}
