import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '../../simulators/shared/seeded-random.ts'
import { control } from './feeds.ts'
import { type Remedy, type Trouble, troubles } from './troubles.ts'
import type { World } from './world.ts'

/** Longest pause between two troubles, in milliseconds. */
const longestPauseMs = 1_200
/** Most time that passes on the clock of the storm with each trouble. */
const longestLeapMs = 100_000

/** How much longer a storm is on its own clock than on that of the machine, on average. */
export const leaps = (longestLeapMs + longestPauseMs) / longestPauseMs

export interface StormOptions {
  readonly seed: number
  /** How long it lasts, in milliseconds of real time. */
  readonly forMs: number
  readonly signal: AbortSignal
  /** Called after each trouble has begun. */
  readonly onTrouble: (counts: ReadonlyMap<string, number>, passedMs: number) => void
}

/**
 * Lets troubles of all kinds begin one after the other, some of them at the same time, while the clock leaps ahead. The
 * seed decides what begins, and when; what it meets is up to the machine.
 * @returns how many of each kind have begun
 */
export async function storm(world: World, options: StormOptions): Promise<ReadonlyMap<string, number>> {
  const { seed, forMs, signal, onTrouble } = options
  const random = seededRandom(seed)
  const counts = new Map<string, number>(troubles.map(({ name }) => [name, 0]))
  const remedies = new Remedies()
  const begun = Date.now()
  const stopTicking = world.keepTicking()
  try {
    while (Date.now() - begun < forMs && !signal.aborted) {
      const trouble = chosen(random)
      if (trouble.isAlone) await remedies.endAll()
      // With random numbers of its own, so that what it meets does not decide what comes next.
      remedies.add(await trouble.begin(world, seededRandom(random() * 2 ** 32)))
      counts.set(trouble.name, (counts.get(trouble.name) ?? 0) + 1)
      world.clock.advance(Math.round(random() * longestLeapMs))
      onTrouble(counts, Date.now() - begun)
      await pause(random() * longestPauseMs)
    }
    await remedies.endAll()
    return counts
  } finally {
    stopTicking()
  }
}

/** Ends all that a storm may have left. */
export async function calm(world: World): Promise<void> {
  world.run.faults.clear()
  world.clock.skew(0)
  for (const { id, server, credential } of world.polled) {
    await control(server, { clearFaults: true })
    await world.putSecret(id, credential)
  }
  await world.run.notifications.release()
}

function chosen(random: () => number): Trouble {
  const total = troubles.reduce((sum, { weight }) => sum + weight, 0)
  let place = random() * total
  const found = troubles.find(({ weight }) => {
    place -= weight
    return place < 0
  })
  if (found === undefined) throw new RangeError('no trouble has this place')
  return found
}

/** What ends the troubles under way. */
class Remedies {
  readonly #open = new Map<Remedy, NodeJS.Timeout>()

  add(remedy: Remedy | undefined): void {
    if (remedy === undefined) return
    const timer = setTimeout(() => void this.#end(remedy), remedy.afterMs)
    this.#open.set(remedy, timer)
  }

  async endAll(): Promise<void> {
    for (const remedy of [...this.#open.keys()]) await this.#end(remedy)
  }

  /** Ends a trouble, unless that was done. */
  async #end(remedy: Remedy): Promise<void> {
    clearTimeout(this.#open.get(remedy))
    if (this.#open.delete(remedy)) await remedy.end()
  }
}
