import { StoreError } from '../errors.ts'
import { dayOf } from '../lake/partition.ts'
import type { ListedObject, MessageQueue, ObjectStore } from '../ports.ts'
import { digestOf, resolutionsPrefix } from '../publish/claims.ts'
import {
  type ArchivedLetter,
  archivedLetter,
  claimKeyIn,
  deadPrefix,
  mergesQueue,
  redrivenPrefix,
} from '../publish/dead-letters.ts'
import type { Publisher } from '../publish/publish.ts'
import { readMessage } from '../publish/read-message.ts'
import { counting } from './counting.ts'
import type { RedriveJob } from './job.ts'
import type { Slice } from './slice.ts'

export interface LetterPorts {
  readonly ops: ObjectStore
  /** The queues that all sources share, by the names that dead letters have for them. */
  readonly publishers: ReadonlyMap<string, Pick<Publisher, 'send' | 'sendResolutions'>>
  /** The queues of messages about objects, by the id of their source. */
  readonly ownQueues: ReadonlyMap<string, MessageQueue>
  /** The queue of requests for merges. */
  readonly merges: MessageQueue
  readonly now: () => number
  sleep(milliseconds: number): Promise<unknown>
}

/** Most dead letters that are sent in a second, if the command does not say. */
export const usualPerSecond = 10

/** Dead letters in one listing. */
const pageSize = 100

const keyForm = /^dead\/dt=(\d{4}-\d\d-\d\d)\/[^/]+\.json$/

/**
 * Sends back the dead letters that a job means, the oldest days first. Each is sent, then kept below another prefix,
 * then deleted: a crash in between sends it twice, with equal rows.
 * @returns whether all dead letters have been looked at
 */
export async function redriveLetters(ports: LetterPorts, slice: Slice): Promise<boolean> {
  const { ops, now, sleep } = ports
  const { since = 0, perSecond = usualPerSecond } = slice.job()
  const begin = `${deadPrefix}dt=${dayOf(since)}/`
  let nextAt = 0
  for (;;) {
    const page = await ops.list(deadPrefix, pageSize, slice.job().after ?? begin)
    if (page.length === 0) return true
    for (const object of page) {
      if (!slice.mayGoOn()) return false
      await sleep(Math.max(0, nextAt - now()))
      const startedAt = now()
      const job = slice.job()
      const { counts, isSent } = await take(ports, job, object)
      if (isSent) nextAt = startedAt + 1_000 / perSecond
      if (!(await slice.progress({ ...job, counts, after: object.key }))) return false
    }
  }
}

interface Taken {
  readonly counts: RedriveJob['counts']
  readonly isSent: boolean
}

async function take(ports: LetterPorts, job: RedriveJob, { key }: ListedObject): Promise<Taken> {
  const { counts, dryRun } = job
  const day = keyForm.exec(key)?.[1]
  const object = day === undefined ? undefined : await ports.ops.get(key)
  // Something else, or another run was faster.
  if (!object) return { counts, isSent: false }
  const tally = counting(counts)
  const letter = archivedLetter(object.body)
  if (!letter) {
    // What cannot be read belongs to no queue and no source.
    if (!isFiltered(job)) tally.left({ of: 'unknown', reason: 'unknown' }, 'unreadable', key)
    return { counts: tally.value(), isSent: false }
  }
  if (!isOrdered(job, letter)) return { counts, isSent: false }
  const what = { of: letter.queue ?? 'unknown', reason: letter.reason }
  const way = wayBack(ports, letter)
  if (typeof way === 'string') {
    tally.left(what, way, key)
    return { counts: tally.value(), isSent: false }
  }
  tally.redriven(what)
  if (dryRun) return { counts: tally.value(), isSent: false }
  if ((await way()).length > 0) throw new StoreError(`the queue did not take the dead letter ${key}`)
  await ports.ops.putOnce(`${redrivenPrefix}${key.slice(deadPrefix.length)}`, object.body)
  await ports.ops.delete(key)
  return { counts: tally.value(), isSent: true }
}

const isFiltered = ({ source, reason, queue }: RedriveJob): boolean =>
  source !== undefined || reason !== undefined || queue !== undefined

function isOrdered({ since = 0, createdAt, source, reason, queue }: RedriveJob, letter: ArchivedLetter): boolean {
  return (
    letter.archivedAt >= since &&
    // A message that becomes a dead letter again is archived later, so that a job ends.
    letter.archivedAt <= createdAt &&
    (source === undefined || letter.source === source) &&
    (reason === undefined || letter.reason === reason) &&
    (queue === undefined || letter.queue === queue)
  )
}

/** Sends a letter back. @returns what may not be in the queue */
type Way = () => Promise<readonly unknown[]>

/** How a letter gets back to its queue, or why it stays. */
function wayBack({ publishers, ownQueues, merges }: LetterPorts, letter: ArchivedLetter): Way | string {
  const { body, claim, queue, source, reason } = letter
  // The queue of a source may have been replaced since, so the source counts, not the name.
  const own = reason === 'not_read' && source !== undefined ? ownQueues.get(source) : undefined
  if (own) return () => own.send([body])
  if (queue === mergesQueue) return () => merges.send([body])
  const publisher = publishers.get(queue ?? (isMessage(body) ? anyQueue : ''))
  if (!publisher) return 'unknown_queue'
  const pointsTo = claimKeyIn(body)
  if (pointsTo === undefined) return () => publisher.send([body])
  // Without its content, or with another, the message would only become a dead letter again.
  if (claim === undefined || !pointsTo.endsWith(`/${digestOf(claim)}.json`)) return 'content_gone'
  // Rows that resolve failures count from their own place only, where the archive found these.
  if (pointsTo.startsWith(resolutionsPrefix)) return () => publisher.sendResolutions([claim])
  return () => publisher.send([claim])
}

/** Takes the messages of the pipeline whose queue is not known: all queues of them have the same reader. */
const anyQueue = 'records-bulk'

function isMessage(body: string): boolean {
  try {
    readMessage(body)
    return true
  } catch {
    return false
  }
}
