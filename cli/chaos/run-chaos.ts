import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spanText } from '../../lambdas/core/time-text.ts'
import { seededRandom } from '../../simulators/shared/seeded-random.ts'
import { letAlarmsRing, type Rung, ringing } from './alarms.ts'
import type { Count } from './count.ts'
import { type Drained, drain } from './drain.ts'
import type { Report } from './report.ts'
import { calm, leaps, storm } from './storm.ts'
import { World } from './world.ts'

const minute = 60_000

/** How long a sender tries on after the storm, in milliseconds of real time. */
const patienceMs = 3 * minute

/** Time on the clock of the storm for all that comes after it. */
const afterwardsMs = 48 * 60 * minute

export interface ChaosOptions {
  readonly seed: number
  /** Of real time. */
  readonly minutes: number
  readonly signal: AbortSignal
  /** Whether troubles stay until their alarms ring. */
  readonly alarms: boolean
  /** Whether the data folder stays. */
  readonly keep: boolean
  /** Called with what is being done now. */
  readonly onStep: (text: string) => void
  /** Called with what is worth keeping on the screen. */
  readonly onNote: (text: string) => void
}

/**
 * One storm, from an empty folder to the count.
 * @throws {Error} when it is interrupted, or the run itself fails
 */
export async function runChaos({ seed, minutes, signal, alarms, keep, onStep, onNote }: ChaosOptions): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-chaos-'))
  const forMs = minutes * minute
  let world: World | undefined
  try {
    world = await World.start({ folder, seed, agoMs: forMs * leaps + afterwardsMs, onStep })
    return await weather(world, { seed, minutes, signal, alarms, onStep, onNote })
  } finally {
    await world?.stop()
    if (!keep) await rm(folder, { recursive: true, maxRetries: 3 })
  }
}

/** The storm, the calm, and the count. */
async function weather(
  world: World,
  { seed, minutes, signal, alarms, onStep, onNote }: Omit<ChaosOptions, 'keep'>,
): Promise<Report> {
  const forMs = minutes * minute
  const rang = new Set<string>()
  const begun = world.clock.now()
  onNote(`Storm of seed ${seed}, ${minutes} minutes; the data is in ${world.data}`)
  const troubles = await storm(world, {
    seed,
    forMs,
    signal,
    onTrouble(counts, passedMs) {
      const total = [...counts.values()].reduce((sum, times) => sum + times, 0)
      if (total % 20 === 0) for (const alarm of ringing(world)) rang.add(alarm)
      onStep(`Storm: ${total} troubles, ${spanText(passedMs)} of ${spanText(forMs)}`)
    },
  })
  const spanMs = world.clock.now() - begun
  await calm(world)
  onStep('Calm: senders finish what they have begun')
  await world.stopSenders(patienceMs)
  signal.throwIfAborted()
  const { repeated: repeatedBefore } = await world.count()
  const drained = await drain(world, { signal, onRound: (ms, last) => onStep(drainText(ms, last)) })
  signal.throwIfAborted()
  onNote(`After ${spanText(drained.tookMs)} on its clock: ${shortText(drained.count)}`)
  const ended = alarms ? await endWithAlarms(world, { seed, signal, onStep }) : undefined
  signal.throwIfAborted()
  onStep('Comparing what rows hold with what providers have shown')
  const contents = await world.compare(signal)
  signal.throwIfAborted()
  return {
    seed,
    minutes,
    spanMs,
    troubles,
    drainMs: drained.tookMs,
    repeatedBefore,
    sentBack: drained.sentBack + (ended?.sentBack ?? 0),
    count: (ended ?? drained).count,
    contents,
    rangMeanwhile: [...rang].sort(),
    rung: ended?.rung,
    ringing: ringing(world),
  }
}

/** Troubles that stay until their alarms ring, and the count after them. */
async function endWithAlarms(
  world: World,
  { seed, signal, onStep }: Pick<ChaosOptions, 'seed' | 'signal' | 'onStep'>,
): Promise<Pick<Drained, 'count' | 'sentBack'> & { readonly rung: readonly Rung[] }> {
  const random = seededRandom(seed)
  const rung = await letAlarmsRing(world, {
    random,
    signal,
    onRound: (what) => onStep(`Waiting for an alarm: ${what}`),
  })
  const onRound = (ms: number, last: Count | undefined) => onStep(drainText(ms, last))
  return { ...(await drain(world, { signal, leastMs: 2 * 60 * minute, onRound })), rung }
}

const shortText = ({ logs, lost, duplicate, unknown, quarantined, deadLetters }: Count): string => {
  const where = logs.filter((log) => log.lost.length + log.duplicate + log.unknown > 0).map(({ source }) => source)
  const open = `${quarantined.missing} failures to come, ${deadLetters.length} dead letters`
  return `lost ${lost}, duplicate ${duplicate}, unknown ${unknown}${where.length > 0 ? ` (${where.join(', ')})` : ''}, ${open}`
}

const drainText = (passedMs: number, last: Count | undefined): string =>
  `Calm for ${spanText(passedMs)} on its clock${last ? `: ${shortText(last)}` : ''}`
