import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { partitionsOf, readPartition, type TablePorts } from '../../lambdas/core/lake/read-table.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'

/** How many of a table's days to search for its newest rows. */
const newestDays = 2

/**
 * When the newest row of each source in a table was received, in milliseconds since 1970, among its two newest days.
 */
export async function newestReceipts(lake: TablePorts, table: string): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>()
  const days = await partitionsOf(lake.lists, table)
  for (const dt of days.slice(-newestDays)) {
    for await (const row of readPartition(lake, { table, dt }, ['p_source_id', 'p_parse_time'])) {
      const { p_source_id: source, p_parse_time: time } = row
      if (typeof source !== 'string' || typeof time !== 'number') continue
      newest.set(source, Math.max(time, newest.get(source) ?? time))
    }
  }
  return newest
}

/** Counts the unresolved failures of each source; a failure written twice counts once. */
export async function countOpenFailures(lake: TablePorts): Promise<ReadonlyMap<string, number>> {
  const { table } = classificationFailures
  const sources = new Map<string, string>()
  const settled = new Set<string>()
  await inParallel(await partitionsOf(lake.lists, table), async (dt) => {
    for await (const row of readPartition(lake, { table, dt }, ['p_row_id', 'p_source_id', 'resolves'])) {
      const { p_row_id: id, p_source_id: source, resolves } = row
      if (typeof resolves === 'string') settled.add(resolves)
      else if (typeof id === 'string') sources.set(id, typeof source === 'string' ? source : '')
    }
  })
  const open = new Map<string, number>()
  for (const [id, source] of sources) {
    if (!settled.has(id)) open.set(source, (open.get(source) ?? 0) + 1)
  }
  return open
}
