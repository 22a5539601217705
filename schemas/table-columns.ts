import type { LogSchema, ValueType } from './definition.ts'
import { standardColumns } from './standard-columns.ts'

export interface NamedColumn {
  readonly column: string
  readonly value: ValueType
  /** Absent for columns of a schema that was loaded without its descriptions. */
  readonly description?: string
}

/** A column that data files hold. */
export interface TableColumn extends NamedColumn {
  /** Its field id, unique in the table, together with the ids of members and list elements in `value`. */
  readonly id: number
}

/**
 * The partition column of every table; a string, because Athena compares it with the names of folders. No data file
 * holds it, so it has no field id.
 */
export const partitionKey = {
  column: 'dt',
  value: { type: 'string' },
  description: 'UTC day of p_event_time, YYYY-MM-DD',
} as const satisfies NamedColumn

/** All columns of a log type's table, in order: standard columns, attribute columns, the provider's fields. */
export function tableColumns(schema: LogSchema): TableColumn[] {
  return [
    ...standardColumns,
    ...schema.attributes.map((attribute) => ({ ...attribute, value: { type: 'string' } as const })),
    ...schema.fields.map((field) => ({
      column: field.column,
      id: field.id,
      value: field,
      ...(field.description === undefined ? {} : { description: field.description }),
    })),
  ]
}
