import type { JsonObject } from '../json/json.ts'
import type { EventContext } from '../normalize/event.ts'
import type { Failure } from './failure.ts'

/** An event in a request, on a page or in an object of a stream. */
export interface FoundEvent extends Pick<EventContext, 'attributes'> {
  readonly event: JsonObject
  /** The bytes that stand for it; its JSON when absent. */
  readonly bytes?: Uint8Array
  /** Place among several, counted from 1. */
  readonly position?: number
}

/** What was received: events, and parts that are not events. */
export interface Found {
  readonly events: readonly FoundEvent[]
  readonly failures: readonly Failure[]
}
