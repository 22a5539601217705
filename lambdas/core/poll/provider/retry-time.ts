import { longestWaitMs } from '../waiting.ts'
import type { HttpAnswer } from './http.ts'

type Timed = Pick<HttpAnswer, 'headers' | 'receivedAt'>

/**
 * A time that the provider named, on our clock: the clocks can be minutes apart, and the answer says what the provider's
 * showed. At most two hours ahead.
 * @param time milliseconds since 1970, by the provider's clock
 */
export function onOurClock({ headers, receivedAt }: Timed, time: number): number {
  const theirs = Date.parse(headers.get('date') ?? '')
  const wait = time - (Number.isNaN(theirs) ? receivedAt : theirs)
  return receivedAt + Math.min(Math.max(wait, 0), longestWaitMs)
}

/**
 * What `Retry-After` says, in milliseconds since 1970 by our clock; `undefined` without it.
 * RFC 9110, 10.2.3: seconds, or a date.
 */
export function retryAfter(answer: Timed): number | undefined {
  const text = answer.headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(?:\.\d+)?$/.test(text)) return answer.receivedAt + Math.min(Number(text) * 1000, longestWaitMs)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : onOurClock(answer, date)
}

/** A count in a header; `undefined` when there is none. */
export function countIn({ headers }: Timed, name: string): number | undefined {
  const text = headers.get(name)?.trim()
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
