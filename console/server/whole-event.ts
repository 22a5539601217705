import { z } from 'zod'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { type Json, type JsonObject, parseJson, rawNumber } from '../../lambdas/core/json/json.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { renderEvent } from '../../lambdas/core/normalize/render.ts'
import type { Plain } from '../../local/query/query-value.ts'
import type { ValueType } from '../../schemas/definition.ts'
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
  dt: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'it is no day'),
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
  const chosen = columns.map(({ column, value }) =>
    isComposite(value) ? `json_format(CAST("${column}" AS json)) AS "${column}"` : `"${column}"`,
  )
  const answer = await world.ask(
    `SELECT ${chosen.join(', ')} FROM "${table}" WHERE dt = ${quotedText(dt)} AND p_row_id = ${quotedText(id)} LIMIT 1`,
    { signal },
  )
  const [found] = objectsOf(answer)
  if (!found) throw new HttpError(404, 'There is no such row any more: it lies before the retention, or was removed.')
  const values = columns.map(({ column, value }) => [column, columnValue(value, found[column] ?? null)] as const)
  const row = Object.fromEntries(values.filter(([, value]) => value !== null))
  const present = columns.filter(({ column }) => Object.hasOwn(row, column))
  return {
    columns: present.map(({ column, value }) => ({
      name: column,
      type: glueType(value),
      value: longText(textOf(row[column] ?? null)),
    })),
    nulls: columns.length - present.length,
    event: longText(JSON.stringify(renderEvent(schema, row as Row), undefined, 2)),
    ...costOf(answer),
  }
}

const isComposite = ({ type }: ValueType): boolean => type === 'array' || type === 'object'

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A column's value as the row had it, whichever engine has read it. */
function columnValue(type: ValueType, value: Plain): Json {
  if (value === null) return null
  return isComposite(type) ? exact(type, parseJson(String(value))) : exact(type, value as Json)
}

/** Times in ISO 8601, whole numbers with all digits, no nulls in structs. */
function exact(type: ValueType, value: Json): Json {
  if (value === null) return null
  if (type.type === 'timestamp') return isoOf(String(value))
  if (type.type === 'bigint') return typeof value === 'string' ? rawNumber(value) : value
  if (type.type === 'array' && Array.isArray(value)) return value.map((element) => exact(type.element, element))
  if (type.type !== 'object' || typeof value !== 'object') return value
  const struct = value as JsonObject
  const members = type.fields.map((field) => [field.column, exact(field, struct[field.column] ?? null)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== null))
}

/** Engines leave out the `T` and the zone, which is UTC. */
function isoOf(text: string): string {
  const time = Date.parse(/[zZ]$|UTC$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(time) ? text : new Date(time).toISOString()
}
