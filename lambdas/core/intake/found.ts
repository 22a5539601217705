import type { JsonObject } from '../json/json.ts'
import type { EventContext } from '../normalize/event.ts'
import type { Failure } from './failure.ts'

/** An event in a request, on a page or in an object of a stream. */
export interface FoundEvent extends Pick<EventContext, 'attributes'> {
  readonly event: JsonObject
  /** The bytes as received; the event's JSON when absent. */
  readonly bytes?: Uint8Array
  /** Position among several events, counted from 1. */
  readonly position?: number
}

/** The events that were received, and the parts that are not events. */
export interface Found {
  readonly events: readonly FoundEvent[]
  readonly failures: readonly Failure[]
}
