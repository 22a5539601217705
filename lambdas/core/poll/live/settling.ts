import { longestArrivalMs } from '../published-row.ts'
import type { StreamState } from './state.ts'
import type { Tally } from './tally.ts'

/** Published rows mostly reach the lake within this time; their last ones are looked for after it. */
const settleMs = 4 * 60_000

/**
 * Until when the stream has been read after a run, and until when lake and provider can be compared. A reading is kept
 * until it has settled: replaced by every minute's run, none ever would.
 */
export function readings(
  state: StreamState,
  { openedAt, lastRows }: Tally,
  isThrough: boolean,
  now: number,
): Pick<StreamState, 'readUntil' | 'settling' | 'settledUntil' | 'lastRows'> {
  const { window, readUntil, settling, settledUntil } = state
  const last = { ...state.lastRows, ...lastRows }
  if (window || openedAt === undefined) return { readUntil, settling, settledUntil, lastRows: last }
  if (!isThrough) return { readUntil: openedAt, settling, settledUntil, lastRows: last }
  const isOld = settling !== undefined && settling.endedAt <= now - settleMs
  const hasArrived = settling?.rows === undefined || settling.endedAt <= now - longestArrivalMs
  const isSettled = isOld && hasArrived
  if (settling && !isSettled) return { readUntil: openedAt, settling, settledUntil, lastRows: last }
  return {
    readUntil: openedAt,
    settling: { openedAt, endedAt: now, ...((last.live || last.bulk) && { rows: last }) },
    settledUntil: settling ? settling.openedAt : settledUntil,
    lastRows: undefined,
  }
}
