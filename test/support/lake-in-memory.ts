import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import { dataPrefix, listKey, type Partition } from '../../lambdas/core/lake/partition.ts'
import { createLakeWriter } from '../../lambdas/core/lake/writer.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { encodeMessages } from '../../lambdas/core/publish/message.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { memoryReader } from './memory-reader.ts'
import { memoryStore } from './memory-stores.ts'

/** A lake bucket in memory, written as by the pipeline, and the ports to read it. */
export function lakeInMemory(schemas: readonly LogSchema[]) {
  const { store, objects, text } = memoryStore()
  const { reader, opened, slices } = memoryReader(objects)
  // Rows of tests have fixed times, whatever the time of the machine.
  const now = () => Date.UTC(2100, 0, 1)
  const write = createLakeWriter({
    store,
    bucket: 'lake',
    ops: memoryStore().store,
    claims: reader,
    retentionDays: 1_000_000,
    schemas,
    now,
  })
  let messages = 0
  /** Adds a file to a partition's list. */
  const add = (partition: Partition, name: string, content: Uint8Array): void => {
    const key = `${dataPrefix(partition)}${name}`
    const lines = objects.has(listKey(partition)) ? text(listKey(partition)) : ''
    objects.set(key, content)
    objects.set(listKey(partition), Buffer.from(`${lines}s3://lake/${key}\n`))
  }
  return {
    ports: { lists: store, files: reader, bucket: 'lake' },
    store,
    objects,
    opened,
    slices,
    add,
    /** Adds a separate file with these rows. */
    addRows: (partition: Partition, schema: LogSchema, rows: readonly Row[]) =>
      add(partition, `${objects.size}.parquet`, parquetOf(schema, rows)),
    /** Sends rows through the writer. */
    async write(logType: string, rows: readonly Row[]): Promise<void> {
      const sourceId = String(rows[0]?.p_source_id)
      const bodies = encodeMessages({ logType, sourceId, receivedAt: now(), rows })
      const { failed, refused } = await write(bodies.map((body) => ({ messageId: `m${messages++}`, body })))
      for (const error of [...failed.values(), ...refused.map((one) => one.error)]) throw error
    },
  }
}
