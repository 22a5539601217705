import { LostError } from '../outcome.ts'
import { haveArrived } from '../published-row.ts'
import type { RowIds, Spare } from '../spare.ts'
import type { Reader } from './read-part.ts'
import type { LastRows, StreamState } from './state.ts'

/** The time and budget that a live run leaves to sweeps and jobs. */
export interface SpareTime {
  /** @param deadline when Lambda will stop the function, in milliseconds since 1970 */
  until(deadline: number): Spare
  /** Saves what was spent. @throws {StoreError} when the state cannot be saved */
  save(): Promise<void>
}

export function spareTimeOf(
  { asks, holder, now }: Pick<Reader, 'asks' | 'holder' | 'now'>,
  state: StreamState,
): SpareTime {
  const { startAt, settledUntil = startAt, budget, lastRows } = state
  let settling = state.settling
  const rowsOf = ({ live, bulk }: LastRows) => [live, bulk].filter((row) => row !== undefined)
  return {
    until: (deadline) => ({
      ...asks.spare(deadline),
      startAt,
      settledUntil,
      inBulk: [settling?.rows?.bulk, lastRows?.bulk].filter((row) => row !== undefined),
      async settle(rowIds: RowIds) {
        if (!settling?.rows || !(await haveArrived(rowsOf(settling.rows), rowIds, now()))) return
        const { rows: _arrived, ...settled } = settling
        settling = settled
      },
    }),
    async save() {
      if (asks.budget.spare === budget.spare && settling === state.settling) return
      const backoff = asks.pause ?? state.backoff
      try {
        await holder.release({ ...state, budget: asks.budget, backoff, settling })
      } catch (error) {
        // Another run has begun meanwhile, and the budget is slightly exceeded.
        if (!(error instanceof LostError)) throw error
      }
    },
  }
}
