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
 * As {@link onOurClock}, but `undefined` when the provider's clock has reached the time: taken as a wait of no length,
 * it would end the growing waits of a provider that refuses every request.
 */
export function laterOnOurClock(answer: Timed, time: number): number | undefined {
  const later = onOurClock(answer, time)
  return later > answer.receivedAt ? later : undefined
}

/**
 * The time in `Retry-After`, in milliseconds since 1970 by our clock; `undefined` without one that lies ahead.
 * RFC 9110, 10.2.3: seconds, or a date.
 */
export function retryAfter(answer: Timed): number | undefined {
  const text = answer.headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const wait = Math.min(Number(text) * 1000, longestWaitMs)
    return wait > 0 ? answer.receivedAt + wait : undefined
  }
  // Anything without a time of day is no date, although Date.parse makes one of "-5".
  return /\d:\d\d/.test(text) ? laterOnOurClock(answer, Date.parse(text)) : undefined
}

/** The count in a header; `undefined` when it is missing or invalid. */
export function countIn({ headers }: Timed, name: string): number | undefined {
  const text = headers.get(name)?.trim()
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
