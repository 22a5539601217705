import { CursorError, TransientError } from '../../errors.ts'
import type { Allowance } from './allowance.ts'
import type { Delivery, DeliveryLog, DeliveryPage } from './deliveries.ts'
import { isNewer } from './ledger.ts'
import { keptMs, lagMs, lookBackEveryMs, lookBackMs, mostFailuresInARow } from './rules.ts'
import type { ListWalk, RecoveryState } from './state.ts'

export interface ReadList {
  readonly state: RecoveryState
  readonly repaired: number
  readonly closed: readonly string[]
  readonly error?: unknown
}

/**
 * Reads the list from its newest delivery back to what is known, over several runs if it is long. Deliveries are listed
 * late or out of order, so a walk ends with a page on which everything is known and older than the look-back.
 * @param until when the last request must have ended, in milliseconds since 1970
 */
export async function readList(
  log: DeliveryLog,
  allowance: Allowance,
  begun: RecoveryState,
  until: number,
  now: () => number,
): Promise<ReadList> {
  let state = begun
  let repaired = 0
  const closed: string[] = []
  const cursors = new Set<string>()
  const begunAt = now()
  try {
    while (allowance.mayAsk(until)) {
      const walk = state.walk ?? newWalk(state, now())
      state = { ...state, walk: { ...walk, failures: walk.failures + 1 } }
      const page = await allowance.ask(() => log.fetchPage(walk.cursor))
      const noted = state.ledger.note(page.deliveries, now())
      repaired += noted.repaired
      closed.push(...noted.closed)
      const newest = newestOn(page, walk)
      if (walk.cursor === undefined && newest) state = { ...state, isReceiving: newest.hasArrived || newest.isTooLarge }
      const reached = { ...walk, failures: 0, ...(newest && { newest: newest.id }) }
      if (isEnd(page, reached, state, now())) {
        state = ended(state, reached)
        break
      }
      if (state.ledger.isFull) {
        state = { ...state, walk: fromTheTop(reached), knownUntil: begunAt }
        break
      }
      const { next } = page
      if (next === undefined || cursors.has(next)) {
        state = { ...state, walk: fromTheTop(reached) }
        throw new TransientError(`${log.what}: the links to further pages lead in a circle`)
      }
      cursors.add(next)
      state = { ...state, walk: { ...reached, cursor: next } }
    }
    return { state, repaired, closed }
  } catch (error) {
    const { walk } = state
    const isStuck = error instanceof CursorError || (walk?.failures ?? 0) >= mostFailuresInARow
    return { state: walk && isStuck ? { ...state, walk: fromTheTop(walk) } : state, repaired, closed, error }
  }
}

function newWalk({ seen, lookedBackAt = 0 }: RecoveryState, now: number): ListWalk {
  const lookBack = lookedBackAt + lookBackEveryMs <= now
  const oldest = now - keptMs
  const downTo = seen ? Math.max(oldest, seen.at - (lookBack ? lookBackMs : lagMs)) : oldest
  return { startedAt: now, downTo, lookBack, failures: 0 }
}

/** Begins again where the place reached is of no use; everything down to the same time is read once more. */
const fromTheTop = ({ cursor: _unusable, ...walk }: ListWalk): ListWalk => ({ ...walk, failures: 0 })

/** The newest delivery of the page, if the walk has met no newer one. */
function newestOn({ deliveries }: DeliveryPage, { newest }: ListWalk): Delivery | undefined {
  const first = deliveries.reduce<Delivery | undefined>((a, b) => (a && !isNewer(b.id, a.id) ? a : b), undefined)
  return first && (newest === undefined || isNewer(first.id, newest)) ? first : undefined
}

function isEnd({ deliveries, next }: DeliveryPage, walk: ListWalk, { seen }: RecoveryState, now: number): boolean {
  if (next === undefined) return true
  if (deliveries.length === 0) return false
  const isKnown = ({ id, at }: Delivery) => seen !== undefined && !isNewer(id, seen.id) && at < walk.downTo
  return deliveries.every((delivery) => isKnown(delivery) || delivery.at < now - keptMs)
}

function ended(state: RecoveryState, { newest, startedAt, lookBack }: ListWalk): RecoveryState {
  const id = newest ?? state.seen?.id
  state.ledger.endWalk()
  return {
    ...state,
    walk: undefined,
    knownUntil: startedAt,
    ...(id !== undefined && { seen: { id, at: startedAt } }),
    ...(lookBack && { lookedBackAt: startedAt }),
  }
}
