import { isoTime } from '../../lambdas/core/time-text.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { FoundRow } from './first-row.ts'

/**
 * The first row of a source, and the query that shows it.
 * @param data the folder of a local run, as it was named; `undefined` for the usual one
 */
export function foundLines(
  { table, eventAt, receivedAt }: FoundRow,
  sourceId: string,
  {
    isLocal,
    data,
    facts,
  }: { readonly isLocal: boolean; readonly data?: string | undefined; readonly facts: StackFacts },
): string[] {
  const sql = `select * from ${table} where p_source_id = '${sourceId}' order by p_parse_time desc limit 5`
  const folder = data === undefined ? '' : `--data ${data} `
  return [
    `${sourceId} is connected: an event of ${isoTime(eventAt)}, received ${isoTime(receivedAt)}, is a row of ${table}.`,
    isLocal
      ? `See it: npm run query -- ${folder}"${sql}"`
      : `See it in Athena, database ${facts.database}, workgroup ${facts.workgroup}: ${sql}`,
  ]
}
