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

/** The rows of one table that meet a condition. */
export interface RowsOfTable extends Pick<View, 'name' | 'description' | 'timeColumn'> {
  readonly table: string
  /** Names of columns, in the order of the view. */
  readonly columns: readonly string[]
  /** The condition in SQL; `chosen` is the row. */
  readonly where: string
}

/** @throws Error when the table does not have a column */
export function viewOfRows({ table, columns, where, ...view }: RowsOfTable, schema: LogSchema): View {
  const known = new Map<string, NamedColumn>([...tableColumns(schema), partitionKey].map((one) => [one.column, one]))
  const chosen = columns.map((column) => `  chosen."${column}"`).join(',\n')
  return {
    ...view,
    columns: columns.map((name) => {
      const column = known.get(name)
      if (column === undefined) throw new Error(`view ${view.name}: ${table} has no column ${name}`)
      return column
    }),
    sql: `SELECT\n${chosen}\nFROM "${table}" AS chosen\nWHERE ${where}`,
  }
}

const openFailures: RowsOfTable = {
  name: 'open_failures',
  description: 'Open failures: rows of classification_failures that no later row resolves',
  timeColumn: 'p_event_time',
  table: 'classification_failures',
  columns: [
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
  ],
  // A failure can be resolved on any later day, so the inner query reads all days, but only one column, which files
  // without a resolved failure do not even have.
  where: `chosen."resolves" IS NULL AND chosen."p_row_id" NOT IN (
  SELECT "resolves" FROM "classification_failures" WHERE "resolves" IS NOT NULL
)`,
}

/** The log types of providers; the pipeline's own tables hold no events. */
const ofProviders = (schemas: readonly LogSchema[]): LogSchema[] =>
  schemas.filter(({ logType }) => logType.includes('.'))

/** The views over these tables. A stack may have only some of the tables, and then has only the views that they allow. */
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
    ...schemas.filter(({ table }) => table === openFailures.table).map((schema) => viewOfRows(openFailures, schema)),
    ...(events.length > 0 ? [allEvents] : []),
  ]
}
