import { RecordError } from '../errors.ts'

/**
 * What one request may hold. Within these limits the worst requests that we know end before half of the function's time
 * is over, as `npm run bench -- --only webhook-limits` shows. What exceeds them is kept as a failure.
 */
export const webhookLimits = {
  /**
   * The longest body in bytes, decompressed as well; Lambda takes events of at most 6,291,456 bytes of JSON.
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   */
  bytes: 5_500_000,
  /** Most JSON values and names of members; events of providers have one in 15 to 30 bytes. */
  parts: 100_000,
  /** Most lines, blank ones included. */
  lines: 100_000,
  /** Most events, parts that are not events included; of a kilobyte each, about as many fill the longest body. */
  events: 5_000,
} as const

/** The error of a body beyond a limit, which tells the sender what to do. */
export const tooLarge = (what: string): RecordError =>
  new RecordError('too_large', `the body ${what}; send fewer events at once`)

/**
 * Counts values, names and lines before they are parsed, by the characters between them, which costs a fraction of
 * parsing. A number of 16 digits or with an exponent counts twice, because comparing its digits takes twice as long. A
 * line break ends a string, because JSON holds none inside: a stray quote hides at most the rest of its line.
 * @throws {RecordError} `too_large`
 */
export function checkParts(json: Uint8Array): void {
  const most = webhookLimits
  let parts = 0
  let lines = 0
  let digits = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0
    if (byte === newline) {
      lines++
      digits = 0
      inString = false
    } else if (inString) {
      if (byte === backslash && json[at + 1] !== newline) at++
      else if (byte === quote) inString = false
    } else if (byte === quote) {
      inString = true
      digits = 0
    } else if (byte === comma || byte === colon || byte === openBrace || byte === openBracket) {
      parts++
      digits = 0
    } else if (byte >= point && byte <= nine) {
      if (++digits === manyDigits) parts++
    } else {
      if (digits > 0 && (byte | upperToLower) === letterE) parts++
      digits = 0
    }
  }
  if (parts > most.parts) throw tooLarge(`holds more than ${most.parts} JSON values and names`)
  if (lines > most.lines) throw tooLarge(`holds more than ${most.lines} lines`)
}

const manyDigits = 16
const [newline, quote, comma, point, nine, colon] = [10, 34, 44, 46, 57, 58]
const [openBracket, backslash, letterE, openBrace] = [91, 92, 101, 123]
const upperToLower = 32
