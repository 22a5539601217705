import { listAll } from '../../aws/list-all.ts'
import { inParallel } from '../../in-parallel.ts'
import { isNumber, isPlainObject, isText, jsonIn, objectOf, optional, type Passing } from '../../json/forms.ts'
import type { MessageQueue, ObjectStore } from '../../ports.ts'
import { dayMs, dayOf, type Partition, partitionOfList } from '../partition.ts'
import { parseList } from '../table-list.ts'
import { isClosed } from './choose-files.ts'
import { dataFile } from './data-file.ts'
import { encodeRequest } from './merge-message.ts'
import { isFresh, nextWork, type SliceBounds } from './next-work.ts'

/** Where the plan is kept in the ops bucket. */
const planKey = 'merges/plan.json'

/** How much clocks may differ, in milliseconds: those of functions, and those within S3. */
const clockTolerance = 60_000

/** Number of the writer's files with which a partition is merged at once, instead of with the next plan. */
const manyFiles = 200

/** Most plans between two requests for the same day. */
const mostPatience = 64

export interface PlanOptions {
  readonly lake: ObjectStore
  readonly ops: Pick<ObjectStore, 'get' | 'put'>
  /** Takes the requests. */
  readonly queue: MessageQueue
  /** Time between two plans, in seconds. */
  readonly everySeconds: number
  /** Retention in days: days before it are about to be deleted. */
  readonly retentionDays: number
  /** As the merger has them. @default {@link usualBounds} */
  readonly bounds?: SliceBounds | undefined
  readonly now?: () => number
}

export interface PlanOutcome {
  /** Partitions that a request was sent for. */
  readonly requested: readonly Partition[]
  /** Partitions with something to merge, those included. */
  readonly waiting: number
  /** How long the first of them has waited, in seconds; 0 when none waits. */
  readonly oldestSeconds: number
}

/** A partition with something to merge. */
type Waiting = Passing<typeof isWaiting>

const isWaiting = objectOf({
  /** When a plan first found it so, in milliseconds since 1970. */
  since: isNumber,
  /** The first file to merge: another one, and the day was merged in the meantime. */
  first: isText,
  /** When a request was last sent, and how many were. */
  requestedAt: optional(isNumber),
  requests: optional(isNumber),
})

/** By the key of the list. */
interface Plan {
  readonly at: number
  /**
   * When the newest list was written that any plan has seen, by the clock of S3: the janitor's says nothing about
   * lists.
   */
  readonly newestList: number
  readonly waiting: ReadonlyMap<string, Waiting>
}

/**
 * Requests merges, if it is time for another plan. A partition is requested with the second plan that finds something
 * to merge in it, so that its files come together; and again, with more and more time in between, while nothing
 * changes. Lists that have not changed are not read.
 * @returns `undefined` when it is not time yet
 */
export async function planMerges(options: PlanOptions): Promise<PlanOutcome | undefined> {
  const { lake, ops, queue, everySeconds, retentionDays, bounds, now = Date.now } = options
  const at = now()
  const every = everySeconds * 1_000
  const before = await readPlan(ops, at, every)
  // Ticks come a little early or late.
  if (before && at < before.at + every - clockTolerance / 4) return undefined
  const waiting = new Map<string, Waiting>()
  const requests: { readonly key: string; readonly partition: Partition }[] = []
  const { found, newestList } = await partitionsToMerge(lake, before, {
    at,
    oldest: dayOf(at - retentionDays * dayMs),
    bounds,
  })
  for (const { key, partition, first, fresh } of found) {
    const waited = before?.waiting.get(key)
    const known: Waiting = waited?.first === first ? waited : { since: at, first }
    waiting.set(key, known)
    const isDue = known.since < at || fresh >= manyFiles
    const wasRequested =
      known.requestedAt !== undefined && at < known.requestedAt + patience(known) * every - clockTolerance
    if (isDue && !wasRequested) requests.push({ key, partition })
  }
  const bodies = requests.map(({ partition }) => encodeRequest(partition))
  const unsent = new Set((await queue.send(bodies)).map(({ body }) => body))
  const sent = requests.filter((_, index) => !unsent.has(bodies[index] ?? ''))
  for (const { key } of sent) {
    const one = waiting.get(key)
    if (one) waiting.set(key, { ...one, requestedAt: at, requests: (one.requests ?? 0) + 1 })
  }
  await ops.put(planKey, Buffer.from(JSON.stringify({ at, newestList, waiting: Object.fromEntries(waiting) })))
  const oldest = Math.min(at, ...[...waiting.values()].map(({ since }) => since))
  return {
    requested: sent.map(({ partition }) => partition),
    waiting: waiting.size,
    oldestSeconds: Math.round((at - oldest) / 1_000),
  }
}

/** Plans between two requests for a day: more with every one that changed nothing. */
const patience = ({ requests = 0 }: Waiting): number => Math.min(2 ** requests, mostPatience)

interface Found {
  /** Of the list. */
  readonly key: string
  readonly partition: Partition
  /** The first file that no merge has seen, else the first to merge. */
  readonly first: string
  /** Files that no merge has seen, not even to cut them. */
  readonly fresh: number
}

/** The partitions with something to merge, of those whose list or whose day has changed since the last plan. */
async function partitionsToMerge(
  lake: ObjectStore,
  before: Plan | undefined,
  { at, oldest, bounds }: { readonly at: number; readonly oldest: string; readonly bounds: SliceBounds | undefined },
): Promise<{ readonly found: readonly Found[]; readonly newestList: number }> {
  const candidates: { readonly key: string; readonly partition: Partition }[] = []
  let newestList = before?.newestList ?? 0
  for await (const { key, writtenAt } of listAll(lake, 'tables/')) {
    newestList = Math.max(newestList, writtenAt)
    const partition = partitionOfList(key)
    if (partition === undefined || partition.dt < oldest) continue
    const isNew = before === undefined || writtenAt >= before.newestList - clockTolerance || before.waiting.has(key)
    const hasClosed = before !== undefined && isClosed(partition.dt, at) && !isClosed(partition.dt, before.at)
    if (isNew || hasClosed) candidates.push({ key, partition })
  }
  const found = await inParallel(candidates, async ({ key, partition }): Promise<Found[]> => {
    const list = await lake.get(key)
    const files = list ? [...new Set(parseList(list.body))].map((url) => dataFile(url)) : []
    const [chosen] = nextWork(files, isClosed(partition.dt, at), bounds)?.files ?? []
    if (!chosen) return []
    const fresh = files.filter(isFresh)
    return [{ key, partition, first: (fresh[0] ?? chosen).key, fresh: fresh.length }]
  })
  return { found: found.flat(), newestList }
}

/**
 * Reads the last plan. Times of a clock that was ahead count as now, or nothing would be done until they have come.
 * @param every time between two plans, in milliseconds
 */
async function readPlan(ops: Pick<ObjectStore, 'get'>, now: number, every: number): Promise<Plan | undefined> {
  const stored = await ops.get(planKey)
  const plan = stored && jsonIn(stored.body)
  if (!isPlainObject(plan) || !isNumber(plan.at) || !isPlainObject(plan.waiting)) return undefined
  // Older plans went by the janitor's clock alone.
  const { at, newestList = at } = plan
  if (!isNumber(newestList)) return undefined
  const waiting = Object.entries(plan.waiting).flatMap(([key, value]) =>
    isWaiting(value) ? [[key, noLater(value, now)] as const] : [],
  )
  return { at: at > now + clockTolerance ? now - every : at, newestList, waiting: new Map(waiting) }
}

const noLater = ({ since, requestedAt, ...others }: Waiting, now: number): Waiting => ({
  ...others,
  since: Math.min(since, now),
  ...(requestedAt !== undefined && { requestedAt: Math.min(requestedAt, now) }),
})
