import { CursorError, TransientError } from '../../errors.ts'
import type { Allowance } from '../../poll/allowance.ts'
import { longestCursor } from '../../poll/pages.ts'
import type { Delivery, DeliveryLog, DeliveryPage } from './deliveries.ts'
import type { DeliveryFacts } from './delivery-facts.ts'
import { isNewer } from './ledger.ts'
import { lookBackEveryMs, mostFailuresInARow, oldestListed } from './rules.ts'
import type { ListWalk, RecoveryState } from './state.ts'

export interface ReadList {
  readonly state: RecoveryState
  readonly repaired: number
  readonly closed: readonly string[]
  readonly error?: unknown
}

/**
 * Reads the list from its newest delivery back to what is known, over several runs if it is long. Deliveries are listed
 * late or out of order, so a walk ends with a page on which everything is known and older than the look-back. A cursor
 * that keeps failing is dropped: the next run begins at the newest delivery.
 * @param until when the last request must have ended, in milliseconds since 1970
 */
export async function readList(
  log: DeliveryLog,
  facts: DeliveryFacts,
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
      const { walk = newWalk(facts, state, now()) } = state
      const { cursor } = walk
      if (cursor !== undefined) state = { ...state, walk: { ...walk, cursor, failures: walk.failures + 1 } }
      const page = await allowance.ask(() => log.fetchPage(cursor))
      const noted = state.ledger.note(page.deliveries, now())
      repaired += noted.repaired
      closed.push(...noted.closed)
      const newest = newestOn(page, walk)
      if (cursor === undefined && newest) state = { ...state, isReceiving: newest.hasArrived || newest.isTooLarge }
      const reached = { ...walk, failures: 0, ...(newest && { newest: newest.id }) }
      if (isEnd(page, reached, state, oldestListed(facts, now()))) {
        state = ended(state, reached)
        break
      }
      // Begins again at the newest delivery, so that the successes that make room are seen.
      if (state.ledger.isFull) {
        state = { ...state, walk: undefined, knownUntil: begunAt }
        break
      }
      const { next } = page
      if (next === undefined || cursors.has(next)) {
        state = { ...state, walk: undefined }
        throw new TransientError(`${log.what}: the links to further pages lead in a circle`)
      }
      if (next.length > longestCursor) {
        throw new TransientError(`${log.what}: the link to the next page is too long to be kept`)
      }
      cursors.add(next)
      state = { ...state, walk: { ...reached, cursor: next } }
    }
    return { state, repaired, closed }
  } catch (error) {
    const isStuck = error instanceof CursorError || (state.walk?.failures ?? 0) >= mostFailuresInARow
    return { state: isStuck ? { ...state, walk: undefined } : state, repaired, closed, error }
  }
}

/** A walk before its first page has no cursor. */
type Walk = Omit<ListWalk, 'cursor'> & { readonly cursor?: string }

function newWalk(facts: DeliveryFacts, { seen, lookedBackAt = 0 }: RecoveryState, now: number): Walk {
  const lookBack = lookedBackAt + lookBackEveryMs <= now
  const oldest = oldestListed(facts, now)
  const back = 1_000 * (lookBack ? facts.lookBackSeconds : facts.lagSeconds)
  const downTo = seen ? Math.max(oldest, seen.at - back) : oldest
  return { startedAt: now, downTo, lookBack, failures: 0 }
}

/** The newest delivery of the page, if the walk has met no newer one. */
function newestOn({ deliveries }: DeliveryPage, { newest }: Walk): Delivery | undefined {
  const first = deliveries.reduce<Delivery | undefined>((a, b) => (a && !isNewer(b.id, a.id) ? a : b), undefined)
  return first && (newest === undefined || isNewer(first.id, newest)) ? first : undefined
}

function isEnd({ deliveries, next }: DeliveryPage, walk: Walk, { seen }: RecoveryState, oldest: number): boolean {
  if (next === undefined) return true
  if (deliveries.length === 0) return false
  const isKnown = ({ id, at }: Delivery) => seen?.id !== undefined && !isNewer(id, seen.id) && at < walk.downTo
  return deliveries.every((delivery) => isKnown(delivery) || delivery.at < oldest)
}

function ended(state: RecoveryState, { newest, startedAt, lookBack }: Walk): RecoveryState {
  const id = newest ?? state.seen?.id
  state.ledger.endWalk()
  return {
    ...state,
    walk: undefined,
    knownUntil: startedAt,
    seen: { id, at: startedAt },
    ...(lookBack && { lookedBackAt: startedAt }),
  }
}
