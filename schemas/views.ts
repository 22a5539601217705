import { allEventsSql } from './all-events.ts'
import { allEventsColumns } from './all-events-columns.ts'
import type { LogSchema } from './definition.ts'
import { type NamedColumn, partitionKey, tableColumns } from './table-columns.ts'

/** A view: a query under a name. */
export interface View {
  readonly name: string
  readonly description: string
  /** Each is named, because a view of `*` breaks when its table gains columns. */
  readonly columns: readonly NamedColumn[]
  /** The column that says when a row happened. */
  readonly timeColumn: string
  /** The query, in SQL for both Athena and DuckDB. Tables are named without a database, which is the view's own. */
  readonly sql: string
}

const openFailureColumns = [
  'p_row_id',
  'p_event_time',
  'p_parse_time',
  'p_source_id',
  'p_source_label',
  'reason',
  'detail',
  'log_type',
  'origin',
  'position',
  'raw',
  'raw_encoding',
  'raw_bytes',
  'attributes',
  'dt',
]

/** @throws Error when the table of failures does not have a column */
function openFailures(schema: LogSchema): View {
  const name = 'open_failures'
  const known = new Map<string, NamedColumn>([...tableColumns(schema), partitionKey].map((one) => [one.column, one]))
  return {
    name,
    description: 'Open failures: rows of classification_failures that no later row resolves',
    timeColumn: 'p_event_time',
    columns: openFailureColumns.map((wanted) => {
      const column = known.get(wanted)
      if (column === undefined) throw new Error(`view ${name}: ${schema.table} has no column ${wanted}`)
      return column
    }),
    // A failure can be resolved on any later day, so the inner query reads all days, but only one column, which files
    // without a resolved failure do not even have.
    sql: `SELECT
${openFailureColumns.map((column) => `  chosen."${column}"`).join(',\n')}
FROM "classification_failures" AS chosen
WHERE chosen."resolves" IS NULL AND chosen."p_row_id" NOT IN (
  SELECT "resolves" FROM "classification_failures" WHERE "resolves" IS NOT NULL
)`,
  }
}

/** The log types of providers; the pipeline's own tables hold no events. */
const ofProviders = (schemas: readonly LogSchema[]): LogSchema[] =>
  schemas.filter(({ logType }) => logType.includes('.'))

/**
 * The views over these tables. A stack may have only some of the tables, and then has only the views that they allow.
 */
export function viewsOf(schemas: readonly LogSchema[]): View[] {
  const events = ofProviders(schemas)
  const allEvents: View = {
    name: 'all_events',
    description: 'All events: the rows of every provider in the columns and classes of OCSF',
    columns: allEventsColumns,
    timeColumn: 'time',
    sql: allEventsSql(events),
  }
  return [
    ...schemas.filter(({ table }) => table === 'classification_failures').map(openFailures),
    ...(events.length > 0 ? [allEvents] : []),
  ]
}
