import type { FoundEvent } from '../../intake/found.ts'
import type { Json } from '../../json/json.ts'
import type { Connection, RateLimits } from '../../poll/stream.ts'

/** An attempt of a provider to deliver an event, as the provider lists it. */
export interface Delivery {
  /** Decimal digits, because ids exceed 2^53; newer deliveries have larger ids. */
  readonly id: string
  /** Id of the event, which all its deliveries share. */
  readonly guid: string
  /** In milliseconds since 1970. */
  readonly at: number
  /** Whether an earlier delivery was sent again. */
  readonly isRepeat: boolean
  /** Whether it only tests the connection. */
  readonly isTest: boolean
  readonly hasArrived: boolean
  /** Whether the receiver refused it for its size, so that it would be refused again. */
  readonly isTooLarge: boolean
  /** Name of the event. */
  readonly event: string
  /** Id of the repository, where there is one. */
  readonly repository?: string
}

export interface DeliveryPage {
  /** Newest first. */
  readonly deliveries: readonly Delivery[]
  /** The provider's cursor to the next page; absent at the end. */
  readonly next?: string
  readonly limits?: RateLimits
}

/** The body of a delivery as the provider keeps it. */
export interface KeptBody {
  /** Absent when the provider does not hold the whole body. */
  readonly event?: FoundEvent
  /** What is missing, in words, and the part that is there. */
  readonly missing?: { readonly why: string; readonly part?: Json }
  /** `p_row_id` of the failure row that the refusal of this delivery has left. */
  readonly closes?: string
  readonly limits?: RateLimits
}

/**
 * How a connector reaches the deliveries of one webhook. Every method throws as `fetchPage` of a stream does; a
 * RecordError concerns one delivery.
 */
export interface DeliveryLog {
  /** The webhook in words, for messages and rows. */
  readonly what: string
  /** @throws {CursorError} when the cursor no longer works */
  fetchPage(cursor?: string): Promise<DeliveryPage>
  /** Reads the body of a delivery that was too large, or that failed again when sent again. */
  read(delivery: Pick<Delivery, 'id' | 'guid' | 'event' | 'isTooLarge'>): Promise<KeptBody>
  /** Asks the provider to send a delivery again. */
  askAgain(id: string): Promise<{ readonly limits?: RateLimits }>
}

/** The type of `connect` in the file of a provider's deliveries. */
export type ConnectDeliveries = (
  connection: Omit<Connection, 'pageSize'> & {
    /** As `http`, for answers that hold the body of a delivery. */
    readonly httpForBodies: Connection['http']
  },
) => DeliveryLog
