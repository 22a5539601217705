import type { ValueType } from './definition.ts'

/** Glue's name of the type in which a value is stored. */
export function glueType(value: ValueType): string {
  switch (value.type) {
    case 'object':
      return `struct<${value.fields.map((field) => `${field.column}:${glueType(field)}`).join(',')}>`
    case 'array':
      return `array<${glueType(value.element)}>`
    case 'json':
      return 'string'
    case 'float':
      return 'double'
    case 'string':
    case 'int':
    case 'smallint':
    case 'bigint':
    case 'boolean':
    case 'timestamp':
      return value.type
  }
}
