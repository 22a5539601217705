import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { retentionNoted } from '../../lambdas/core/lake/counting-retention.ts'
import { dayMs, dayOf, listKey } from '../../lambdas/core/lake/partition.ts'
import { partitionsOf } from '../../lambdas/core/lake/read-table.ts'
import { collectionRuns } from '../../schemas/generated/collection_runs.ts'
import { logSchemas, tableSchemas } from '../../schemas/generated/index.ts'
import { sourceTypes, streamsOf } from '../../settings/source-types.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { QueryRow } from '../athena/rows.ts'
import { reasonOf } from '../installation.ts'
import { countIn, rowsText } from './athena-counts.ts'
import { type AthenaFinding, ask, type CheckedLake, failed } from './athena-finding.ts'

/**
 * Whether the writer has begun the list of a day, which it does when S3 says that there is none. Without the right to
 * list the bucket, S3 would say instead that it may not be read, and no row would ever be written.
 */
export async function firstRow({ lake, now }: CheckedLake): Promise<AthenaFinding> {
  const about = { check: 'first-row', subject: 'writer' } as const
  try {
    for (const { table } of tableSchemas) {
      for (const dt of [dayOf(now()), dayOf(now() - dayMs)]) {
        const [list] = await lake.lists.list(listKey({ table, dt }), 1)
        if (list) return { ...about, ok: true, says: `it has begun s3://${lake.bucket}/${list.key}` }
      }
    }
    const says = 'no table has rows of today or yesterday'
    const remedy = 'Run this again after the first event. If no row comes, "npm run status" counts the dead letters.'
    return { ...about, ok: null, says, remedy }
  } catch (error) {
    return failed(about, error, 'Use credentials that may list the lake bucket.')
  }
}

/** Whether a day without a list is for Athena a day without rows. @throws as `ask` */
export async function dayWithoutList(lake: CheckedLake): Promise<AthenaFinding> {
  const table = quietTable(lake.facts)
  // Tables show two days ahead, and no event is of tomorrow.
  const sql = `${countIn(lake, table)} = ${quotedText(dayOf(lake.now() + dayMs))}`
  const remedy = `Report it as an issue, with these lines; no setting helps. Until then limit queries to days that have a list: aws s3 ls s3://${lake.facts.buckets.lake}/tables/TABLE/`
  return await ask(lake, { check: 'day-without-list', subject: table, sql, remedy }, rowsOf)
}

/**
 * Whether an empty list is for Athena a day without rows: puts one for a day that has none, and removes it. Both are
 * conditional, so that a writer who begins or continues the list at that moment loses nothing.
 */
export async function emptyList(lake: CheckedLake): Promise<AthenaFinding> {
  const table = quietTable(lake.facts)
  const about = { check: 'empty-list', subject: table } as const
  try {
    const dt = await oldestWithoutList(lake, table)
    const key = listKey({ table, dt })
    const sql = `${countIn(lake, table)} = ${quotedText(dt)}`
    const remedy =
      'Report it as an issue, with these lines. Until then nothing fails by it: no function writes an empty list.'
    const count = () => ask(lake, { ...about, sql, remedy }, rowsOf)
    const begun = { ...about, ok: null, says: `the writer has just begun ${key}`, remedy: 'Run this again.' }
    return (await whileEmpty(lake, key, count)) ?? begun
  } catch (error) {
    if (lake.signal.aborted) throw error
    if (error instanceof ListLeft) return { ...about, ok: false, says: error.message, remedy: error.remedy }
    return failed(about, error, 'Use credentials that may put and delete objects below tables/ of the lake bucket.')
  }
}

/** The empty list of the check is still there. */
class ListLeft extends Error {
  readonly remedy: string

  constructor(message: string, { bucket, key, cause }: { bucket: string; key: string; cause: unknown }) {
    super(message, { cause })
    this.remedy = `Remove it: aws s3api delete-object --bucket ${bucket} --key ${key}`
  }
}

/** The tag of an object without content, for the case that the answer to its put is lost. */
const emptyTag = '"d41d8cd98f00b204e9800998ecf8427e"'

/** Works while there is an empty list. @returns `undefined` when another writer was faster */
async function whileEmpty<T>(
  { lake: { lists, bucket }, deleteUnchanged }: CheckedLake,
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const etag = await lists.putIf(key, new Uint8Array(), { absent: true }).catch(async (error: unknown) => {
    await deleteUnchanged(key, emptyTag).catch(() => {})
    throw error
  })
  if (etag === undefined) return undefined
  try {
    return await work()
  } finally {
    await deleteUnchanged(key, etag).catch((cause: unknown) => {
      throw new ListLeft(`the empty list could not be removed: ${reasonOf(cause)}`, { bucket, key, cause })
    })
  }
}

/** The oldest day within the retention for which a table has no list, where events are rarest; else tomorrow. */
async function oldestWithoutList({ lake, ops, now }: CheckedLake, table: string): Promise<string> {
  const retention = (await retentionNoted(ops)) ?? 0
  const listed = new Set(await partitionsOf(lake.lists, table))
  // Not the very oldest, which leaves the table at midnight.
  for (let age = retention - 1; age > 1; age--) {
    const dt = dayOf(now() - age * dayMs)
    if (!listed.has(dt)) return dt
  }
  return dayOf(now() + dayMs)
}

/** A table that no source of the deployment fills, so that nobody waits for its rows; else the one of runs. */
function quietTable({ sources }: StackFacts): string {
  const fed = new Set(
    Object.values(sources).flatMap(({ type }) => {
      const known = sourceTypes.get(type)
      return known ? streamsOf(known).map(({ logType }) => logType) : []
    }),
  )
  return (logSchemas.find(({ logType }) => !fed.has(logType)) ?? collectionRuns).table
}

const rowsOf = ([rows]: QueryRow): string => rowsText(rows)
