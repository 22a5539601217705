import { noCounts } from '../../lambdas/core/poll/counts.ts'
import { decodeJob, encodeJob, endedJobs, type Job, jobFile, openJobs } from '../../lambdas/core/poll/past/job.ts'
import { createJobFinder } from '../../lambdas/core/poll/past/open-jobs.ts'
import { sweep } from '../../lambdas/core/poll/past/sweep.ts'
import { workOnJobs } from '../../lambdas/core/poll/past/work-on-jobs.ts'
import type { Spare } from '../../lambdas/core/poll/spare.ts'
import type { ClosedPorts, EngineWorld, PollWorld } from './poll-world.ts'
import type { WorldClock } from './provider-model.ts'

const minute = 60_000
const stateFolder = 'state/model/'

/** Sweeps after a live run. */
export const sweeping = async (ports: ClosedPorts, spare: Spare): Promise<void> =>
  void (await sweep(ports, spare).catch(() => undefined))

/** Works on jobs after a live run. */
export const working = async (ports: ClosedPorts, spare: Spare): Promise<void> => {
  const { requestsPerHour } = ports.stream
  const findJobs = createJobFinder(ports.store, stateFolder, ports.now)
  await workOnJobs({ ...ports, stateFolder, findJobs, requestsPerHour }, spare).catch(() => undefined)
}

/** Orders a backfill of [from, to). */
export function orderBackfill({ objects, clock }: EngineWorld, from: number, to: number, id = 'backfill'): void {
  const job: Job = {
    id,
    kind: 'backfill',
    stream: 'model.events',
    from,
    to,
    until: from,
    counts: noCounts,
    createdAt: clock.time,
    dryRun: false,
  }
  objects.set(`${openJobs(stateFolder)}${jobFile(job)}`, encodeJob(job))
}

/** The ordered backfill as it is now. */
export function backfill({ objects }: EngineWorld, id = 'backfill'): Job {
  const file = jobFile({ id })
  const body = objects.get(`${endedJobs(stateFolder)}${file}`) ?? objects.get(`${openJobs(stateFolder)}${file}`)
  const job = body && decodeJob(body)
  if (!job) throw new Error('there is no backfill')
  return job
}

/** Counts the minutes of a test and moves the clock to each, unless the run before took longer. */
export function* minutes(
  { clock }: { readonly clock: WorldClock },
  count: number,
  apartMs = minute,
): Generator<number> {
  const start = clock.time
  for (let n = 0; n < count; n++) {
    clock.time = Math.max(clock.time, start + n * apartMs)
    yield n
  }
  clock.time = Math.max(clock.time, start + count * apartMs)
}

/** Follows when each event comes through. */
export class Arrivals {
  readonly ids = new Set<unknown>()
  readonly #world: PollWorld
  readonly #due = new Map<unknown, number>()
  #looked = 0
  #worstMs = 0

  constructor(world: PollWorld) {
    this.#world = world
  }

  /** Shows an event now that happened `age` milliseconds ago. It is due from now on. */
  show(age = 0): string {
    const id = this.#world.provider.expose(age)
    this.#due.set(id, this.#world.clock.time)
    return id
  }

  /** Takes note of what was published since it was last called. */
  look(): void {
    const { published, clock } = this.#world
    for (; this.#looked < published.length; this.#looked++) {
      const id = published[this.#looked]?.id
      this.ids.add(id)
      const since = this.#due.get(id)
      if (since === undefined) continue
      this.#due.delete(id)
      this.#worstMs = Math.max(this.#worstMs, clock.time - since)
    }
  }

  /** The longest that an event took, in minutes. */
  get worstMinutes(): number {
    return this.#worstMs / minute
  }

  /** Events that are due and have not come. */
  get waiting(): unknown[] {
    return [...this.#due.keys()]
  }

  /** Events that the provider has shown and that did not come. */
  get missing(): string[] {
    this.look()
    return this.#world.provider.exposed.filter((id) => !this.ids.has(id))
  }
}
