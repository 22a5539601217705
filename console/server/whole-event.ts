import { z } from 'zod'
import { wholeRow, wholeRowSql } from '../../cli/whole-row.ts'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import type { Json } from '../../lambdas/core/json/json.ts'
import { renderEvent } from '../../lambdas/core/normalize/render.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { glueType } from '../../schemas/glue-type.ts'
import { tableColumns } from '../../schemas/table-columns.ts'
import type { WholeEvent } from '../api.ts'
import { costOf, objectsOf } from './ask.ts'
import { HttpError } from './http-error.ts'
import { longText } from './texts.ts'
import type { World } from './world.ts'

export const eventForm = z.object({
  table: z.string().max(200),
  dt: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'it is not a day such as 2026-01-31'),
  id: z.string().min(1).max(2_000),
})

/** Reads one row with all of its columns. @throws {HttpError} 404 when there is none */
export async function wholeEventOf(
  world: World,
  { table, dt, id }: z.infer<typeof eventForm>,
  signal: AbortSignal,
): Promise<WholeEvent> {
  const schema = tableSchemas.find((one) => one.table === table)
  if (!schema) throw new HttpError(404, 'There is no table of this name.')
  const columns = tableColumns(schema)
  const answer = await world.ask(
    `SELECT ${wholeRowSql(schema).join(', ')} FROM "${table}" WHERE dt = ${quotedText(dt)} AND p_row_id = ${quotedText(id)} LIMIT 1`,
    { signal },
  )
  const [found] = objectsOf(answer)
  if (!found) throw new HttpError(404, 'There is no such row any more: it lies before the retention, or was removed.')
  const row = wholeRow(schema, found)
  const present = columns.filter(({ column }) => Object.hasOwn(row, column))
  return {
    columns: present.map(({ column, value }) => ({
      name: column,
      type: glueType(value),
      value: longText(textOf(row[column] ?? null)),
    })),
    nulls: columns.length - present.length,
    event: longText(JSON.stringify(renderEvent(schema, row), undefined, 2)),
    ...costOf(answer),
  }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
