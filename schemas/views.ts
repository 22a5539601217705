/** A view: rows of one table, chosen by a condition. */
export interface View {
  readonly name: string
  readonly description: string
  readonly table: string
  /** Columns of the table in the order of the view. Each is named, because a view of `*` breaks when the table grows. */
  readonly columns: readonly string[]
  /** SQL that Athena and DuckDB both read; `chosen` is the row in question. */
  readonly where: string
}

export const views: readonly View[] = [
  {
    name: 'open_failures',
    description: 'Failures that nobody has settled yet: rows of classification_failures that no later row resolves',
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
      'dt',
    ],
    // A failure can be settled on any later day, so the inner query looks at all of them; it reads one column, which
    // files without a settled failure do not even have.
    where: `chosen."resolves" IS NULL AND chosen."p_row_id" NOT IN (
  SELECT "resolves" FROM "classification_failures" WHERE "resolves" IS NOT NULL
)`,
  },
]

/** The query behind a view. Tables are named without their database: it is the one that the view is in. */
export function viewSql({ table, columns, where }: View): string {
  const chosen = columns.map((column) => `  chosen."${column}"`).join(',\n')
  return `SELECT\n${chosen}\nFROM "${table}" AS chosen\nWHERE ${where}`
}
