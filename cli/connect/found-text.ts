import { isoTime } from '../../lambdas/core/time-text.ts'
import type { Installation } from '../installation.ts'
import type { FoundRow } from './first-row.ts'

/** The first row of a source, and the query that shows it. */
export function foundLines(
  { table, eventAt, receivedAt }: FoundRow,
  sourceId: string,
  { isLocal, options, facts }: Pick<Installation, 'isLocal' | 'options' | 'facts'>,
): string[] {
  const sql = `select * from ${table} where p_source_id = '${sourceId}' order by p_parse_time desc limit 5`
  return [
    `${sourceId} is connected: an event of ${isoTime(eventAt)}, received ${isoTime(receivedAt)}, is a row of ${table}.`,
    isLocal
      ? `See it: npm run query -- ${options}"${sql}"`
      : `See it in Athena, database ${facts.database}, workgroup ${facts.workgroup}: ${sql}`,
  ]
}
