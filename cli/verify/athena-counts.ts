import { quotedName, quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { dayMs, dayOf } from '../../lambdas/core/lake/partition.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { viewsOf } from '../../schemas/views.ts'
import { counted } from '../counted.ts'
import { type AthenaFinding, ask, type CheckedLake } from './athena-finding.ts'

/** Everything that Glue has of the stack. */
export const relations: readonly {
  readonly check: 'table' | 'view'
  readonly name: string
  /** The column that says when a row happened. */
  readonly timeColumn: string
}[] = [
  ...tableSchemas.map(({ table }) => ({ check: 'table', name: table, timeColumn: 'p_event_time' }) as const),
  ...viewsOf(tableSchemas).map(({ name, timeColumn }) => ({ check: 'view', name, timeColumn }) as const),
]

const remedies = {
  table: 'Report it as an issue, with these lines.',
  view: 'Report it as an issue, with these lines. Until then query its tables; schemas/views.ts says how the view is made.',
} as const

/**
 * Counts the rows of today and yesterday, and reads the column of their times: a count alone would read no column.
 * @throws as `ask`
 */
export async function countOf(
  lake: CheckedLake,
  { check, name, timeColumn }: (typeof relations)[number],
): Promise<AthenaFinding> {
  const now = lake.now()
  const [from, to] = [dayOf(now - dayMs), dayOf(now)]
  const sql = `${countIn(lake, name, `count(*), max(${quotedName(timeColumn)})`)} between ${quotedText(from)} and ${quotedText(to)}`
  return await ask(lake, { check, subject: name, sql, remedy: remedies[check] }, ([rows, newest]) => {
    return `${rowsText(rows)} since ${from}${newest ? `, the newest of ${newest}` : ''}`
  })
}

/** A count for people. */
export const rowsText = (count: string | null | undefined): string => counted(Number(count), 'row')

/** A statement up to its condition on the day. */
export const countIn = ({ facts }: CheckedLake, table: string, columns = 'count(*)'): string =>
  `select ${columns} from ${quotedName(facts.database)}.${quotedName(table)} where dt`
