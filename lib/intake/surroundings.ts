import type { Config } from '../../settings/settings.ts'
import type { Delivery } from '../delivery/index.ts'
import type { Lake } from '../lake/index.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'

/** What all that receives or fetches events works with. */
export interface Surroundings {
  /** Calls the functions that fetch. */
  readonly ticker: Ticker
  /** Takes the published messages. */
  readonly delivery: Delivery
  /** Named to every function that fetches; sweeps of polled sources compare it with the provider. */
  readonly lake: Lake
  /** Takes messages that the queue does not accept, and keeps the state of sources that are fetched. */
  readonly opsBucket: OpsBucket
  /** The secrets that an earlier stack left. */
  readonly secretArns: Config['secretArns']
}
