import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MergeEngine } from '../../lambdas/core/lake/merge/engine.ts'
import { type MergeOutcome, type MergePorts, mergePartition } from '../../lambdas/core/lake/merge/merge-partition.ts'
import { dataPrefix, listKey } from '../../lambdas/core/lake/partition.ts'
import { githubAudit as schema } from '../../schemas/generated/github_audit.ts'

/** Memory of the merger in megabytes. */
export const memoryMegabytes = 3_008

const partition = { table: schema.table, dt: '2026-05-29' }

export const prefix = dataPrefix(partition)

/** Writes the list of the day anew. @param names of data files in the day's folder */
export async function listFiles({ lake, bucket }: MergePorts, names: readonly string[]): Promise<void> {
  const lines = names.map((name) => `s3://${bucket}/${prefix}${name}\n`)
  await lake.put(listKey(partition), Buffer.from(lines.join('')))
}

/** Keys of the day's files. */
export async function listedKeys({ lake, bucket }: MergePorts): Promise<string[]> {
  const list = await lake.get(listKey(partition))
  return Buffer.from(list?.body ?? [])
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((url) => url.slice(`s3://${bucket}/`.length))
}

/** One merge of the day, from a new engine to its end, as the function does it. */
export async function mergeDay(ports: MergePorts): Promise<MergeOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-merge-'))
  const spill = join(folder, 'spill')
  await mkdir(spill)
  const engine = new MergeEngine({ folder: spill, memoryMegabytes })
  try {
    return await mergePartition({ ...ports, engine, folder, schema, dt: partition.dt, requestRecheck: async () => {} })
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}
