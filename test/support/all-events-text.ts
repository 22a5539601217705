import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { visible } from '../../schemas/compiler/visible.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { LakeOfSchemas } from './lake-of-schemas.ts'

/** In every row, or in the line of the class. */
const left = ['dt', 'metadata_product_name', 'metadata_log_name', 'metadata_uid', 'p_source_id']
const summed = /^(class|activity|type|severity|status)(_|$)/

function lines(row: Readonly<Record<string, unknown>>): string[] {
  const { class_uid, class_name, activity_id, activity_name, status, severity_id } = row
  const columns = Object.entries(row).filter(
    ([column, value]) => value !== null && !left.includes(column) && !summed.test(column),
  )
  return [
    `${class_uid} ${class_name}: ${activity_id} ${activity_name}; ${status}, severity ${severity_id}`,
    ...columns.map(([column, value]) => `${column} = ${visible(String(value).slice(0, 120))}`),
  ]
}

/**
 * What the view `all_events` makes of a table's rows: of each case the class and activity, then each column that is not
 * null.
 */
export async function allEventsText(
  schema: LogSchema,
  cases: readonly { readonly name: string; readonly row: Row }[],
): Promise<string> {
  const lake = new LakeOfSchemas([schema])
  const rows = cases.map(({ name, row }) => ({ ...row, p_row_id: name }))
  lake.add(schema.table, 'rows.parquet', parquetOf(schema, rows))
  const found = new Map((await lake.rows('SELECT * FROM all_events')).map((row) => [row.metadata_uid, row]))
  return cases.flatMap(({ name }) => [name, ...lines(found.get(name) ?? {}).map((line) => `  ${line}`), '']).join('\n')
}
