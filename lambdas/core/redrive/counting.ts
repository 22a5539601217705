import type { Left, RedriveCounts, Tally } from './job.ts'

/** Most entries of each list, so that a job stays small; what exceeds them counts as one. */
const mostEntries = 50

const others = 'others'

export const noRedriveCounts: RedriveCounts = { tallies: [], left: [], events: 0 }

/** What is counted: the log type or the queue, and the reason. */
export type Counted = Pick<Tally, 'of' | 'reason'>

/** Counts on from what a job has counted. */
export interface Counting {
  /** @param events number of events that a failure has become */
  redriven(what: Counted, events?: number): void
  left(what: Counted, why: string, example: string): void
  /** The counts so far. */
  value(): RedriveCounts
}

export function counting(from: RedriveCounts): Counting {
  const tallies = new Map(from.tallies.map((tally) => [keyOf(tally), tally]))
  const left = new Map(from.left.map((one) => [one.why, one]))
  let { events } = from
  const count = (what: Counted, more: Partial<Tally>): void => {
    const isKnown = tallies.has(keyOf(what)) || tallies.size < mostEntries
    const { of, reason } = isKnown ? what : { of: others, reason: others }
    const before = tallies.get(keyOf({ of, reason })) ?? { redriven: 0, left: 0 }
    tallies.set(keyOf({ of, reason }), {
      of,
      reason,
      redriven: before.redriven + (more.redriven ?? 0),
      left: before.left + (more.left ?? 0),
    })
  }
  return {
    redriven(what, more = 0) {
      count(what, { redriven: 1 })
      events += more
    },
    left(what, reason, example) {
      count(what, { left: 1 })
      const why = left.has(reason) || left.size < mostEntries ? reason : others
      const before = left.get(why)
      left.set(why, { why, count: (before?.count ?? 0) + 1, example: before?.example ?? example })
    },
    value: () => ({ tallies: [...tallies.values()], left: [...left.values()] satisfies Left[], events }),
  }
}

const keyOf = ({ of, reason }: Counted): string => JSON.stringify([of, reason])
