import { longestWaitMs } from '../waiting.ts'
import type { HttpAnswer } from './http.ts'

type Timed = Pick<HttpAnswer, 'headers' | 'receivedAt'>

/**
 * Converts a time that the provider named to our clock, using the answer's `Date` header, because the clocks can be
 * minutes apart. At most two hours ahead.
 * @param time milliseconds since 1970, by the provider's clock
 */
export function onOurClock({ headers, receivedAt }: Timed, time: number): number {
  const theirs = Date.parse(headers.get('date') ?? '')
  const wait = time - (Number.isNaN(theirs) ? receivedAt : theirs)
  return receivedAt + Math.min(Math.max(wait, 0), longestWaitMs)
}

/**
 * The time in `Retry-After`, in milliseconds since 1970 by our clock; `undefined` without it.
 * RFC 9110, 10.2.3: seconds, or a date.
 */
export function retryAfter(answer: Timed): number | undefined {
  const text = answer.headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(?:\.\d+)?$/.test(text)) return answer.receivedAt + Math.min(Number(text) * 1000, longestWaitMs)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : onOurClock(answer, date)
}

/** The count in a header; `undefined` when it is missing or invalid. */
export function countIn({ headers }: Timed, name: string): number | undefined {
  const text = headers.get(name)?.trim()
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
