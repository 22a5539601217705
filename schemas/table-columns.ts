import type { LogSchema, ValueType } from './definition.ts'
import { standardColumns } from './standard-columns.ts'

export interface TableColumn {
  readonly column: string
  readonly value: ValueType
  /** Absent for columns of a schema that was loaded without its descriptions. */
  readonly description?: string
}

/** The partition column of every table; a string, because Athena compares it with the names of folders. */
export const partitionKey = {
  column: 'dt',
  value: { type: 'string' },
  description: 'UTC day of p_event_time, YYYY-MM-DD',
} as const satisfies TableColumn

/** All columns of a log type's table, in order: standard columns, attribute columns, the provider's fields. */
export function tableColumns(schema: LogSchema): TableColumn[] {
  return [
    ...standardColumns,
    ...schema.attributes.map((attribute) => ({ ...attribute, value: { type: 'string' } as const })),
    ...schema.fields.map((field) => ({
      column: field.column,
      value: field,
      ...(field.description === undefined ? {} : { description: field.description }),
    })),
  ]
}
