import { webhook as githubWebhookStream } from '../../lambdas/connectors/github/webhook.ts'
import { webhook as hexWebhook } from '../../lambdas/connectors/hex/webhook.ts'
import { compileFailures, type Failure, type FailureOrigin } from '../../lambdas/core/intake/failure.ts'
import { readPartition } from '../../lambdas/core/lake/read-table.ts'
import { createLakeWriter } from '../../lambdas/core/lake/writer.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { encodeJob, openJobs } from '../../lambdas/core/poll/past/job.ts'
import type { MessageQueue, ObjectStore } from '../../lambdas/core/ports.ts'
import { archiveDeadLetter, type DeadLetter } from '../../lambdas/core/publish/dead-letters.ts'
import { createPublisher } from '../../lambdas/core/publish/publish.ts'
import { noRedriveCounts } from '../../lambdas/core/redrive/counting.ts'
import { decodeRedrive, type RedriveJob, redriveFolder } from '../../lambdas/core/redrive/job.ts'
import { createFailureReader } from '../../lambdas/core/redrive/redrive-failure.ts'
import { createRedriveWork } from '../../lambdas/core/redrive/work.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { logSchemas, tableSchemas } from '../../schemas/generated/index.ts'
import { lakeInMemory } from './lake-in-memory.ts'
import { memoryReader } from './memory-reader.ts'
import { memoryQueue, memoryStore } from './memory-stores.ts'

export const hour = 3_600_000

/** The end of a process at a chosen step. */
export class Killed extends Error {}

/**
 * Everything that jobs of a redrive work on, in memory.
 * @param kill called before and after each change of a store or queue; throws to end the process there
 */
export function redriveWorld(kill: () => void = () => {}) {
  const clock = { time: Date.UTC(2026, 5, 15, 12), /** Milliseconds that pass with each look. */ perLook: 0 }
  const now = () => {
    clock.time += clock.perLook
    return clock.time
  }
  const lake = lakeInMemory(tableSchemas)
  const opsStore = memoryStore()
  const queues = { records: memoryQueue(), 'records-bulk': memoryQueue(), stream: memoryQueue(), merges: memoryQueue() }
  const state = { dead: false }

  /** A process that has been killed can do nothing more. */
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    if (state.dead) throw new Killed()
    const die = () => {
      try {
        kill()
      } catch (error) {
        state.dead = true
        throw error
      }
    }
    die()
    const done = await act()
    die()
    return done
  }
  const killable = (store: ObjectStore): ObjectStore => ({
    ...store,
    put: (...call) => step(() => store.put(...call)),
    putOnce: (...call) => step(() => store.putOnce(...call)),
    putIf: (...call) => step(() => store.putIf(...call)),
    delete: (...call) => step(() => store.delete(...call)),
  })
  // A real queue never throws; the death of the process is another matter.
  const killableQueue = (queue: MessageQueue): MessageQueue => ({ send: (bodies) => step(() => queue.send(bodies)) })
  const ops = killable(opsStore.store)
  const publisherOf = (queueName: 'records' | 'records-bulk') =>
    createPublisher({ queue: killableQueue(queues[queueName].queue), queueName, ops, opsBucket: 'ops', now })
  const failureRow = compileFailures(classificationFailures)
  const write = createLakeWriter({
    store: lake.store,
    bucket: 'lake',
    ops: opsStore.store,
    claims: memoryReader(opsStore.objects).reader,
    retentionDays: 365,
    schemas: tableSchemas,
    now,
  })
  let messages = 0

  /** A process of the janitor that has just begun. */
  const newProcess = () => {
    state.dead = false
    return createRedriveWork({
      ops,
      lake: lake.ports,
      failureSchema: classificationFailures,
      publisher: publisherOf('records-bulk'),
      redrive: createFailureReader({
        schemas: logSchemas,
        failureSchema: classificationFailures,
        webhookOf: async (logType) => ({ 'GitHub.Webhook': githubWebhookStream, 'Hex.Audit': hexWebhook })[logType],
      }),
      retentionDays: 365,
      publishers: new Map([
        ['records', publisherOf('records')],
        ['records-bulk', publisherOf('records-bulk')],
      ]),
      ownQueues: new Map([['stream', killableQueue(queues.stream.queue)]]),
      merges: killableQueue(queues.merges.queue),
      now,
      async sleep(milliseconds) {
        clock.time += milliseconds
      },
    })
  }

  return {
    clock,
    lake,
    ops: opsStore,
    queues,
    newProcess,

    /** Writes rows of failures into the lake. */
    async addFailures(
      failures: readonly (Partial<Failure> &
        Partial<FailureOrigin> & { readonly text?: string; readonly at?: number })[],
      sourceId = 'hooks',
    ): Promise<Row[]> {
      const rows = failures.map(({ error = new TypeError('x'), bytes, text = '', at, ...more }) =>
        failureRow(
          { error, bytes: bytes ?? Buffer.from(text), ...more },
          { logType: more.logType ?? 'GitHub.Webhook', origin: more.origin ?? 'webhook' },
          { sourceId, sourceLabel: 'Hooks', receivedAt: at ?? clock.time - hour },
        ),
      )
      await lake.write(classificationFailures.logType, rows)
      return rows
    },

    archive: (letter: Partial<DeadLetter> & Pick<DeadLetter, 'messageId' | 'body'>, at = clock.time - hour) =>
      archiveDeadLetter(
        { ops: opsStore.store, claims: memoryReader(opsStore.objects).reader },
        { queue: 'records', reason: 'not_written', detail: 'x', source: 'hooks', ...letter },
        at,
      ),

    order(job: Partial<RedriveJob> & Pick<RedriveJob, 'kind'>, id = 'job'): void {
      const order: RedriveJob = { id, dryRun: false, createdAt: clock.time, counts: noRedriveCounts, ...job }
      opsStore.objects.set(`${openJobs(redriveFolder)}${id}.json`, encodeJob(order))
    },

    /** The job as it is stored, open or ended. */
    job(id = 'job'): RedriveJob | undefined {
      const stored =
        opsStore.objects.get(`${openJobs(redriveFolder)}${id}.json`) ??
        opsStore.objects.get(`${redriveFolder}jobs/ended/${id}.json`)
      return stored && decodeRedrive(stored)
    },

    /** One run of a process of the janitor, of a minute. */
    async run(work: ReturnType<typeof newProcess>) {
      const keys = [...opsStore.objects.keys()].filter((key) => key.startsWith(openJobs(redriveFolder))).sort()
      return await work(keys, clock.time + 45_000)
    },

    /** Brings the messages in the queues of records into the lake. @returns those that the writer refuses */
    async deliver() {
      const refused: string[] = []
      for (const { bodies } of [queues.records, queues['records-bulk']]) {
        const taken = bodies.splice(0).map((body) => ({ messageId: `m${messages++}`, body }))
        if (taken.length === 0) continue
        const outcome = await write(taken)
        refused.push(...outcome.refused.map(({ error }) => error.reason))
        for (const error of outcome.failed.values()) throw error
      }
      return refused
    },

    /** All rows of a table with these columns. */
    async rows(table: string, columns: readonly string[]): Promise<Readonly<Record<string, unknown>>[]> {
      const found: Readonly<Record<string, unknown>>[] = []
      for (const key of lake.objects.keys()) {
        const dt = new RegExp(`^tables/${table}/dt=([^/]+)/`).exec(key)?.[1]
        if (dt === undefined) continue
        for await (const row of readPartition(lake.ports, { table, dt }, columns)) found.push(row)
      }
      return found
    },

    /** Ids of the failures that no row resolves. */
    async openFailures(): Promise<string[]> {
      const all = await this.rows('classification_failures', ['p_row_id', 'resolves'])
      const resolved = new Set(all.map(({ resolves }) => resolves))
      return all.flatMap(({ p_row_id: id, resolves }) => (resolves === null && !resolved.has(id) ? [String(id)] : []))
    },
  }
}
