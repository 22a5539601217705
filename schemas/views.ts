/** A view: the rows of one table that meet a condition. */
export interface View {
  readonly name: string
  readonly description: string
  readonly table: string
  /** Columns of the view, in order. Each is named, because a view of `*` breaks when the table gains columns. */
  readonly columns: readonly string[]
  /** The condition, in SQL for both Athena and DuckDB; `chosen` is the row. */
  readonly where: string
}

export const views: readonly View[] = [
  {
    name: 'open_failures',
    description: 'Open failures: rows of classification_failures that no later row resolves',
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
  },
]

/** The query of a view. Tables are named without a database, which is the view's own. */
export function viewSql({ table, columns, where }: View): string {
  const chosen = columns.map((column) => `  chosen."${column}"`).join(',\n')
  return `SELECT\n${chosen}\nFROM "${table}" AS chosen\nWHERE ${where}`
}
