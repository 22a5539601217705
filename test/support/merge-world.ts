import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MergeEngine } from '../../lambdas/core/lake/merge/engine.ts'
import { idsIn } from '../../lambdas/core/lake/merge/known-ids.ts'
import { type MergeOutcome, mergePartition, type Recheck } from '../../lambdas/core/lake/merge/merge-partition.ts'
import { usualBounds } from '../../lambdas/core/lake/merge/next-work.ts'
import { sweepOrphans } from '../../lambdas/core/lake/merge/orphans.ts'
import { deleteReplaced } from '../../lambdas/core/lake/merge/replaced-files.ts'
import type { Slice } from '../../lambdas/core/lake/merge/slice.ts'
import { readPartition } from '../../lambdas/core/lake/read-table.ts'
import { parseList } from '../../lambdas/core/lake/table-list.ts'
import { createLakeWriter } from '../../lambdas/core/lake/writer.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { parseEvent } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import type { ObjectCopier, ObjectReader, ObjectStore } from '../../lambdas/core/ports.ts'
import { encodeMessages } from '../../lambdas/core/publish/message.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { everyType } from './every-type.ts'
import { memoryReader } from './memory-reader.ts'
import { memoryStore } from './memory-stores.ts'

const dayMs = 86_400_000

/** Stands for the end of a function in the middle of its work. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** Called before and after every call of a store, with its name; may throw, or wait. */
export type OnCall = (call: string) => void | Promise<void>

const { normalize } = compileNormalizer(everyType)

/** The times of an object store: memory alone has none. */
export function timed(store: ObjectStore, now: () => number): ObjectStore {
  const written = new Map<string, number>()
  const note = (key: string) => written.set(key, now())
  return {
    ...store,
    put: async (key, body) => {
      await store.put(key, body)
      note(key)
    },
    putOnce: async (key, body) => {
      const isNew = await store.putOnce(key, body)
      if (isNew) note(key)
      return isNew
    },
    putIf: async (key, body, condition) => {
      const tag = await store.putIf(key, body, condition)
      if (tag !== undefined) note(key)
      return tag
    },
    list: async (...args) =>
      (await store.list(...args)).map((object) => ({ ...object, writtenAt: written.get(object.key) ?? 0 })),
  }
}

function watched<T extends object>(ports: T, name: string, onCall: OnCall): T {
  const calls = Object.entries(ports).map(([call, method]) => [
    call,
    async (...args: unknown[]) => {
      await onCall(`${name}.${call}`)
      const answer = await method.apply(ports, args)
      await onCall(`${name}.${call} answered`)
      return answer
    },
  ])
  return Object.fromEntries(calls)
}

/** A lake in memory with its writer, its merger and what tidies up after it, on a clock of its own. */
export function mergeWorld({ now: start = Date.UTC(2026, 5, 1, 12), bounds: given = usualBounds } = {}) {
  const bounds = { ...given }
  const clock = { ms: start }
  const now = () => clock.ms
  const lakeMemory = memoryStore()
  const opsMemory = memoryStore()
  /** Sizes that listings show in place of the real ones, by key. */
  const shownSizes = new Map<string, number>()
  const inMemory = timed(lakeMemory.store, now)
  const lake: ObjectStore = {
    ...inMemory,
    list: async (...args) =>
      (await inMemory.list(...args)).map((object) => ({ ...object, size: shownSizes.get(object.key) ?? object.size })),
  }
  const ops = timed(opsMemory.store, now)
  const { reader: files, opened } = memoryReader(lakeMemory.objects)
  const copies: ObjectCopier = {
    async copy(key, path) {
      const body = lakeMemory.objects.get(key)
      if (body === undefined) return false
      await writeFile(path, body)
      return true
    },
  }
  const rechecks = new Set<string>()
  const recheckRequests: Recheck[] = []
  const places = { lake, ops, bucket: 'lake' }

  const write = async (messageId: string, rows: readonly Row[], onCall: OnCall = () => {}): Promise<boolean> => {
    const writer = createLakeWriter({
      store: watched(lake, 'lake', onCall),
      bucket: 'lake',
      ops,
      claims: memoryReader(opsMemory.objects).reader,
      retentionDays: 400,
      schemas: [everyType],
      now,
    })
    const received = Number(new Date(String(rows[0]?.p_parse_time)))
    const [body = ''] = encodeMessages({ logType: everyType.logType, sourceId: 'source', receivedAt: received, rows })
    const { failed } = await writer([{ messageId, body }])
    return failed.size === 0
  }

  const merge = async (
    dt: string,
    {
      recheck = false,
      slice,
      onCall = () => {},
      onCopy = () => {},
      memoryMegabytes = 512,
      schema = everyType,
    }: MergeChoices = {},
  ): Promise<MergeOutcome> => {
    const folder = mkdtempSync(join(tmpdir(), 'auditlake-merging-'))
    const engine = new MergeEngine({ folder, memoryMegabytes })
    try {
      return await mergePartition({
        lake: watched(lake, 'lake', onCall),
        ops: watched(ops, 'ops', onCall),
        copies: watched(
          {
            copy: (key, path) => {
              onCopy(key)
              return copies.copy(key, path)
            },
          } satisfies ObjectCopier,
          'copies',
          onCall,
        ),
        files: watched<ObjectReader>(files, 'files', onCall),
        bucket: 'lake',
        engine,
        folder,
        schema,
        dt,
        recheck,
        slice,
        bounds,
        requestRecheck: async (wanted) => {
          for (const one of wanted) {
            rechecks.add(one.dt)
            recheckRequests.push(one)
          }
        },
        now,
      })
    } finally {
      await engine.close()
      rmSync(folder, { recursive: true })
    }
  }

  return {
    clock,
    /** Days that merges asked to be merged with `recheck`. */
    rechecks,
    /** The same with the slices, in order. */
    recheckRequests,
    /** What the merger is given; may change. */
    bounds,
    shownSizes,
    /** Keys of the files that were opened to read a part of them, in order. */
    opened,
    lakeObjects: lakeMemory.objects,
    opsObjects: opsMemory.objects,
    lake,
    ops,
    /** A row as it is published. @param receivedAt in milliseconds since 1970 */
    rowOf: (event: object, receivedAt = clock.ms): Row =>
      normalize(parseEvent(Buffer.from(JSON.stringify(event))), { sourceId: 'source', sourceLabel: 'S', receivedAt }),
    write,
    merge,
    /** Lets time pass, three days by default, and deletes what is left behind. */
    async tidy(ms = 3 * dayMs): Promise<void> {
      clock.ms += ms
      await deleteReplaced({ ...places, now, deadline: Number.POSITIVE_INFINITY })
      await sweepOrphans({ ...places, now, deadline: Number.POSITIVE_INFINITY })
    },
    /** Keys of the data files that a list names, in its order. */
    listed: (dt: string): string[] => {
      const list = lakeMemory.objects.get(`tables/${everyType.table}/dt=${dt}/symlink.txt`)
      return list ? parseList(list).map((url) => url.slice('s3://lake/'.length)) : []
    },
    dataFiles: (): string[] => [...lakeMemory.objects.keys()].filter((key) => key.startsWith('data/')).sort(),
    /** The ids of the rows of a data file. */
    rowIdsIn: (key: string): Promise<Set<string>> => idsIn(files, key),
    /** The rows that a query sees of a day. */
    async rows(dt: string, columns: readonly string[] = ['p_row_id']) {
      const ports = { lists: lake, files, bucket: 'lake' }
      const rows: Readonly<Record<string, unknown>>[] = []
      for await (const row of readPartition(ports, { table: everyType.table, dt }, columns)) rows.push(row)
      return rows
    },
  }
}

interface MergeChoices {
  readonly recheck?: boolean
  readonly slice?: Slice | undefined
  readonly onCall?: OnCall
  /** Takes the keys of files that are copied, in order. */
  readonly onCopy?: (key: string) => void
  readonly memoryMegabytes?: number
  /** What the merger knows. @default the schema of the writer */
  readonly schema?: LogSchema
}

export type MergeWorld = ReturnType<typeof mergeWorld>
