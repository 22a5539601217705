import { listKey } from '../lambdas/core/lake/partition.ts'
import { readRows } from '../lambdas/core/lake/read-parquet.ts'
import { partitionsOf, type TablePorts } from '../lambdas/core/lake/read-table.ts'
import { listedUrls, urlOf } from '../lambdas/core/lake/table-list.ts'
import { logSchemas } from '../schemas/generated/index.ts'

/**
 * Lists the files that hold the rows of sources, those of the pipeline itself left out.
 * @returns counts the rows in them by source, whatever was written since; a file that is gone by then is left out
 */
export async function listRows({
  lists,
  files,
  bucket,
}: TablePorts): Promise<() => Promise<ReadonlyMap<string, number>>> {
  const urls: string[] = []
  for (const { table } of logSchemas) {
    for (const dt of await partitionsOf(lists, table)) {
      urls.push(...(await listedUrls(lists, listKey({ table, dt }))))
    }
  }
  return async () => {
    const counts = new Map<string, number>()
    for (const url of urls) {
      const file = await files.open(url.slice(urlOf(bucket, '').length))
      if (!file) continue
      for await (const { p_source_id: source } of readRows(file, ['p_source_id'])) {
        if (typeof source === 'string') counts.set(source, (counts.get(source) ?? 0) + 1)
      }
    }
    return counts
  }
}
