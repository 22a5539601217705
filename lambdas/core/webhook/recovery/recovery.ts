import type { Found } from '../../intake/found.ts'
import type { Allowance } from '../../poll/allowance.ts'
import type { DeliveryLog } from './deliveries.ts'
import type { Ledger } from './ledger.ts'

/** What the steps of one run share. */
export interface Recovery {
  readonly log: DeliveryLog
  readonly ledger: Ledger
  readonly allowance: Allowance
  /** When Lambda will stop the function, in milliseconds since 1970. */
  readonly deadline: number
  readonly now: () => number
  /** Counts a delivery that is sent again. */
  noteAsked(): void
  /** Stores the ledger. @throws {LostError} when another run has taken over */
  save(): Promise<void>
  /**
   * Publishes an event or failures.
   * @returns the rows of failures, in the order of reading
   */
  take(found: Found): Promise<readonly string[]>
  /** Publishes rows that close failures. */
  close(failures: readonly string[]): Promise<void>
}
