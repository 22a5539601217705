import { openInstallation } from '../installation.ts'
import { redriveJobOf } from '../redrive/order.ts'
import { redrivesOf } from '../redrive/stored.ts'
import type { Count } from './count.ts'
import type { World } from './world.ts'

const minute = 60_000

/** Time that passes on the clock with each round, in which every function runs, until sweeps have looked back. */
const roundMs = 10 * minute
/** Time that passes with each later round, until the daily walks. */
const longRoundMs = 30 * minute
/** Rounds between two counts. */
const roundsPerCount = 4
/** How long after late events hourly sweeps still look for them. */
const leastMs = 4 * 60 * minute
/** Longest drain on the clock of the storm: a day's walks have looked then too, and what is missing is lost. */
const mostMs = 30 * 60 * minute

export interface Drained {
  readonly count: Count
  /** How long it took on the clock of the storm, in milliseconds. */
  readonly tookMs: number
  /** Dead letters that were sent back. */
  readonly sentBack: number
}

export interface DrainOptions {
  /** Shortest time on the clock of the storm. @default until every sweep has looked back */
  readonly leastMs?: number
  readonly signal: AbortSignal
  readonly onRound: (passedMs: number, last: Count | undefined) => void
}

/**
 * Lets time pass without troubles until every event is a row once, or until it should long be. Dead letters are sent
 * back, as an operator does.
 */
export async function drain(world: World, options: DrainOptions): Promise<Drained> {
  const { signal, onRound } = options
  let last: Count | undefined
  const sentBack = new Set<string>()
  const begun = world.clock.now()
  const passed = () => world.clock.now() - begun
  const least = options.leastMs ?? leastMs
  // Messages that a killed function has received are there again at once, in place of minutes later.
  await world.restart()
  for (let round = 1; !signal.aborted && passed() <= mostMs; round++) {
    world.clock.advance(passed() < least ? roundMs : longRoundMs)
    await world.tick()
    // What the others have sent meanwhile.
    await world.tick('writer')
    onRound(passed(), last)
    if (round % roundsPerCount > 0 || passed() < least) continue
    last = await world.count()
    if (isWhole(last) && isEmpty(world)) break
    if (last.deadLetters.length > 0) await sendBack(world)
    for (const letter of last.deadLetters) sentBack.add(letter)
  }
  return { count: last ?? (await world.count()), tookMs: passed(), sentBack: sentBack.size }
}

/**
 * Whether every event is one row, and every spoiled text is a failure. A log without events proves nothing, and is not
 * whole.
 */
export const isWhole = ({ logs, lost, duplicate, unknown, quarantined, deadLetters }: Count): boolean =>
  lost + duplicate + unknown + quarantined.missing + deadLetters.length === 0 &&
  logs.length > 0 &&
  logs.every(({ events }) => events > 0)

/** Whether no message with events waits; of merges there may be one at any time. */
const isEmpty = ({ run }: World): boolean =>
  run.queueNames
    .filter((name) => !/merge/i.test(name))
    .every((name) => Object.values(run.gateway.queues.counts(name)).every((messages) => messages === 0))

/** As `npm run redrive -- dead-letters` orders it. */
async function sendBack(world: World): Promise<void> {
  const installation = await openInstallation({ data: world.data })
  try {
    await redrivesOf(installation.ops).place(redriveJobOf({ kind: 'dead-letters', dryRun: false }, installation.now()))
  } finally {
    installation.close()
  }
}
