import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { runStream } from '../../lambdas/core/poll/live/run.ts'
import { stateFrom } from '../../lambdas/core/poll/live/state.ts'
import { publishedFailures } from '../../lambdas/core/poll/past/published-failures.ts'
import type { SweepOptions } from '../../lambdas/core/poll/past/sweep.ts'
import type { RunRow } from '../../lambdas/core/poll/run-row.ts'
import type { RunOptions, RunResult } from '../../lambdas/core/poll/run-types.ts'
import type { Spare } from '../../lambdas/core/poll/spare.ts'
import type { PollStream } from '../../lambdas/core/poll/stream.ts'
import type { Batch } from '../../lambdas/core/publish/message.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { Killer } from './killer.ts'
import { memoryStore } from './memory-stores.ts'
import { type ModelOptions, ProviderModel, type WorldClock } from './provider-model.ts'
import type { StoreCall } from './troubles.ts'

export { Killer } from './killer.ts'

const schema: LogSchema = {
  logType: 'Model.Events',
  table: 'model_events',
  version: 1,
  eventTime: [['at']],
  key: [[{ part: 'member', anyOf: [['id']] }]],
  attributes: [],
  fields: [
    { name: 'id', column: 'id', id: 1000, type: 'string' },
    { name: 'at', column: 'at', id: 1001, type: 'timestamp', formats: ['unix_ms'] },
  ],
}

export interface RunSettings {
  readonly killer?: Killer
  /** The clock's lead over the provider's, in milliseconds. */
  readonly skewMs?: number
  readonly forMs?: number
  /** Start of a first run; by default an hour before the epoch, with `unset` the engine's own default. */
  readonly startAt?: number | 'unset'
  /** Yields to other runs before each step. */
  readonly between?: () => Promise<void>
  /** Sweeps and jobs after the live run. */
  readonly afterwards?: (ports: ClosedPorts, spare: Spare) => Promise<void>
  readonly options?: Partial<RunOptions>
}

/** The ports of the model's sweeps and jobs. */
export type ClosedPorts = SweepOptions

export const prefix = 'state/model/model.events/'
export const stateKey = `${prefix}state.json`
export const epoch = Date.UTC(2026, 0, 15, 12)

/** The state of a stream that continues from a time. */
export const beginning = (low: number, lookBackMs = 0) =>
  stateFrom({ startAt: low, low, lookBackMs, rate: { perHour: 1_000, periodSeconds: 3_600 } }, epoch)

type Queue = 'live' | 'bulk'

/** Stores in memory, and the engine between them and a stream. */
export class EngineWorld {
  readonly clock: WorldClock
  /** Rows of the stream's table, in the order of their publication. */
  readonly published: Row[] = []
  /** Row ids that the lake holds, with their times. */
  readonly lake = new Map<string, number>()
  readonly failures: unknown[] = []
  readonly recorded: RunRow[] = []
  /** Rows that sweeps and jobs published, and how many of them had been published before. */
  readonly late = { rows: 0, repeated: 0 }
  /**
   * How long rows take into the lake, by their queue, in milliseconds; without it there is one queue, which is fast.
   */
  lakeLagMs: Readonly<Record<Queue, number>> | undefined
  /** Called before each call of a store has taken effect and after; may throw. */
  disturb: (call: StoreCall, isDone: boolean) => void = () => {}
  /** When rows that take time reach the lake. */
  readonly #arriveAt = new Map<string, number>()
  readonly #lastArrival: Record<Queue, number> = { live: 0, bulk: 0 }
  #stream: PollStream
  readonly #schema: LogSchema
  readonly #stores = memoryStore()

  constructor(clock: WorldClock, stream: PollStream, schema: LogSchema) {
    this.clock = clock
    this.#stream = stream
    this.#schema = schema
  }

  /** Other facts about the stream from the next run on, as after a deployment. */
  update(facts: Partial<PollStream>): void {
    this.#stream = { ...this.#stream, ...facts }
  }

  get objects(): Map<string, Uint8Array> {
    return this.#stores.objects
  }

  state() {
    return JSON.parse(this.#stores.text(stateKey))
  }

  /** A live run, and what comes after one that has read to the end. */
  async run(settings: RunSettings = {}): Promise<RunResult> {
    const { result, past } = await this.liveRun(settings)
    const { forMs = 60_000, skewMs = 0 } = settings
    await past(this.clock.time + skewMs + forMs)
    return result
  }

  /** A live run alone; `past` does what comes after it. */
  async liveRun({
    killer = new Killer(),
    skewMs = 0,
    forMs = 60_000,
    between,
    startAt = epoch - 3_600_000,
    afterwards,
    options,
  }: RunSettings = {}): Promise<{ result: RunResult; past: (deadline: number) => Promise<void> }> {
    const { store } = this.#stores
    const schema = this.#schema
    const now = () => this.clock.time + skewMs
    const port = killer.process(between)
    const disturbed =
      <Parameters extends readonly unknown[], Result>(
        call: StoreCall,
        act: (...parameters: Parameters) => Promise<Result>,
      ) =>
      async (...parameters: Parameters): Promise<Result> => {
        this.disturb(call, false)
        const result = await act(...parameters)
        this.disturb(call, true)
        return result
      }
    const ports = {
      get: port(store.get),
      put: port(store.put),
      putOnce: port(store.putOnce),
      putIf: port(disturbed('putIf', store.putIf)),
      list: port(store.list),
      delete: port(store.delete),
    }
    const failures = publishedFailures({ store: ports, prefix, failureSchema: classificationFailures, now })
    const publisher = (queue: Queue, isLate = false) =>
      failures.noting({
        publish: port(disturbed('publish', (batches: readonly Batch[]) => this.#publish(batches, queue, isLate))),
      })
    const common = {
      stream: { ...this.#stream, fetchPage: port(this.#stream.fetchPage) },
      source: { sourceId: 'model', sourceLabel: 'Model' },
      normalizer: compileNormalizer(schema),
      failureSchema: classificationFailures,
      publisher: publisher('live'),
      store: ports,
      prefix,
      record: port(disturbed('record', async (rows: readonly RunRow[]) => void this.recorded.push(...rows))),
      now,
    }
    const rowIds = port(async (from: number, to: number) => {
      const hasArrived = (id: string) => (this.#arriveAt.get(id) ?? 0) <= this.clock.time
      const there = [...this.lake].filter(([id, time]) => time >= from && time <= to && hasArrived(id))
      return new Set(there.map(([id]) => id))
    })
    const { result, spareTime } = await runStream({
      ...common,
      ...(this.lakeLagMs && { bulkPublisher: publisher('bulk') }),
      ...(startAt !== 'unset' && { startAt }),
      deadline: now() + forMs,
      lastCheckpoint: port(() => this.#lastCheckpoint()),
      checkpointMs: 0,
      ...options,
    })
    const bulk = publisher(this.lakeLagMs ? 'bulk' : 'live', true)
    return {
      result,
      async past(deadline) {
        if (!spareTime || !afterwards) return
        await afterwards({ ...common, publisher: bulk, rowIds, failures }, spareTime.until(deadline))
        await spareTime.save().catch(() => undefined)
      },
    }
  }

  async #publish(batches: readonly Batch[], queue: Queue, isLate: boolean): Promise<void> {
    // A queue keeps its order.
    const arriveAt = Math.max(this.#lastArrival[queue], this.clock.time + (this.lakeLagMs?.[queue] ?? 0))
    this.#lastArrival[queue] = arriveAt
    for (const { logType, rows } of batches) {
      for (const { p_row_id: id, p_event_time: time } of rows) {
        // Of several copies the lake shows each, the earliest among them.
        if (isLate) this.late.rows++
        if (isLate && this.lake.has(String(id))) this.late.repeated++
        if (this.lake.has(String(id))) continue
        this.lake.set(String(id), Date.parse(String(time)))
        this.#arriveAt.set(String(id), arriveAt)
      }
      if (logType === this.#schema.logType) this.published.push(...rows)
      else this.failures.push(...rows)
    }
  }

  async #lastCheckpoint(): Promise<number | undefined> {
    const last = this.recorded.findLast(({ kind }) => kind === 'run' || kind === 'idle')
    return Date.parse(last?.checkpoint_after ?? '') || undefined
  }

  /** Ids that came through, each once, sorted. */
  get arrived(): unknown[] {
    return [...new Set(this.published.map(({ id }) => id))].sort()
  }

  /** Rows that came more than once. */
  get repeated(): number {
    return this.published.length - this.rowIds.size
  }

  get rowIds(): Set<unknown> {
    return new Set(this.published.map((row) => row.p_row_id))
  }
}

/** The engine and a model of a provider. */
export function pollWorld(model: ModelOptions) {
  const clock: WorldClock = { time: epoch }
  const provider = new ProviderModel(clock, model)
  return Object.assign(new EngineWorld(clock, provider.stream, schema), { provider })
}

export type PollWorld = ReturnType<typeof pollWorld>

/**
 * Advances without faults until a look-back that began after the last event was shown has been read to its end.
 * @throws when that does not happen
 */
export async function recover(world: PollWorld): Promise<void> {
  world.provider.faults.length = 0
  world.provider.unreadable = undefined
  // Beyond every lease and every wait.
  world.clock.time += 3 * 3_600_000
  const since = world.clock.time
  for (let runs = 0; runs < 200; runs++) {
    // Long enough for a whole second, within which reading cannot resume when no cursor outlives its run.
    await world.run({ forMs: 15 * 60_000 })
    const { lookBack, backlogs } = world.state()
    if (lookBack.at >= since && backlogs.length === 0) return
    world.clock.time += 60_000
  }
  // A second with more requests than a minute allows keeps the stream busy with rereading it.
  if (world.arrived.length < world.provider.exposed.length) throw new Error('the stream does not catch up')
}
