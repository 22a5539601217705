import type { SchemaElement } from 'hyparquet'
import type { ScalarType, ValueType } from '../../../schemas/definition.ts'
import { isPlainObject } from '../json/forms.ts'
import { isRawNumber } from '../json/json.ts'
import { isRowStruct, type RowStruct, type RowValue } from '../normalize/row-value.ts'
import { parseIsoText } from '../normalize/time.ts'

/** A column, or a part of one, in terms of Parquet. */
export interface ParquetColumn {
  readonly name: string
  /** The kind of its values; a composite is stored as several columns. */
  readonly kind: 'text' | 'number' | 'flag' | 'composite'
  /** Whether the column can hold a value: rows from the queue may have been made with another version of the schema. */
  accepts(value: RowValue): boolean
  /** Converts a row's value for the Parquet writer; absent when no conversion is needed. */
  readonly convert?: (value: RowValue) => unknown
  /**
   * The schema elements for these converted values, without struct members that are null in all; all members for no
   * values.
   */
  elements(values: readonly unknown[]): SchemaElement[]
}

/**
 * Prepares the conversion of a column once.
 * @param id field id of the column
 */
export function compileParquetColumn(name: string, id: number, type: ValueType): ParquetColumn {
  if (type.type === 'object')
    return structColumn(
      name,
      id,
      type.fields.map((field) => compileParquetColumn(field.column, field.id, field)),
    )
  if (type.type === 'array') return listColumn(name, id, compileParquetColumn('element', type.elementId, type.element))
  const convert = scalarConversions[type.type]
  return {
    name,
    kind: kinds[type.type] ?? 'number',
    accepts: acceptances[type.type],
    ...(convert ? { convert } : {}),
    elements: (values) => [
      {
        name,
        field_id: id,
        repetition_type: values.includes(null) ? 'OPTIONAL' : 'REQUIRED',
        ...scalarElements[type.type],
      },
    ],
  }
}

type Conversion = (value: RowValue) => unknown

/** A time in milliseconds since 1970; rows from the queue hold it as text. */
const epochMs = (time: RowValue): number => (typeof time === 'number' ? time : Date.parse(String(time)))

/**
 * A number as it was written; empty for other values. A double beyond 2^53 stands for its shortest text: the parser
 * makes a double only where that text equals what was written, even if the binary value differs.
 */
const textOf = (value: RowValue): string => {
  if (isRawNumber(value)) return value.rawJSON
  return typeof value === 'number' ? String(value) : ''
}

/** Microseconds; as a number they are exact until the year 2255, and faster than a product of bigints. */
function micros(ms: number): bigint {
  const product = ms * 1000
  return Number.isSafeInteger(product) ? BigInt(product) : BigInt(ms) * 1000n
}

const scalarConversions: Partial<Record<ScalarType, Conversion>> = {
  timestamp: (value) => micros(epochMs(value)),
  bigint: (value) => (Number.isSafeInteger(value) ? BigInt(Number(value)) : BigInt(textOf(value))),
}

const isInteger =
  (limit: number) =>
  (value: RowValue): boolean =>
    Number.isInteger(value) && Number(value) >= -limit && Number(value) < limit

/** Whether a number fits into 64 bits. */
function isBigint(value: RowValue): boolean {
  if (Number.isSafeInteger(value)) return true
  const text = textOf(value)
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

const isText = (value: RowValue): boolean => typeof value === 'string'

const acceptances: Readonly<Record<ScalarType, (value: RowValue) => boolean>> = {
  string: isText,
  json: isText,
  boolean: (value) => typeof value === 'boolean',
  smallint: isInteger(2 ** 15),
  int: isInteger(2 ** 31),
  bigint: isBigint,
  float: (value) => typeof value === 'number',
  timestamp: (value) => parseIsoText(value) !== undefined,
}

const kinds: Partial<Record<ScalarType, ParquetColumn['kind']>> = { string: 'text', json: 'text', boolean: 'flag' }

const text: Partial<SchemaElement> = { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
const scalarElements: Readonly<Record<ScalarType, Partial<SchemaElement>>> = {
  string: text,
  json: text,
  boolean: { type: 'BOOLEAN' },
  smallint: { type: 'INT32', converted_type: 'INT_16' },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  float: { type: 'DOUBLE' },
  timestamp: {
    type: 'INT64',
    // The unit of Iceberg, in which DuckDB writes as well: https://iceberg.apache.org/spec/#parquet
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
}

/** Whether every member has its column and fits it. */
export function acceptsMembers(columns: ReadonlyMap<string, ParquetColumn>, struct: RowStruct): boolean {
  for (const name in struct) {
    const value = struct[name]
    if (value !== undefined && !columns.get(name)?.accepts(value)) return false
  }
  return true
}

function structColumn(name: string, id: number, members: readonly ParquetColumn[]): ParquetColumn {
  const byName = new Map(members.map((member) => [member.name, member]))
  return {
    name,
    kind: 'composite',
    accepts: (value) => isRowStruct(value) && acceptsMembers(byName, value),
    convert: (value) => {
      if (!isRowStruct(value)) return null
      const struct: Record<string, unknown> = {}
      for (const member of members) {
        const held = value[member.name]
        if (held !== undefined) struct[member.name] = member.convert ? member.convert(held) : held
      }
      return struct
    },
    elements: (values) => {
      const structs = values.filter(isPlainObject)
      const used = members.filter((member) => structs.some((struct) => struct[member.name] !== undefined))
      // Parquet has no group without members; a struct is never empty, but a list of structs can be.
      const unused = values.length === 0 ? members : members.slice(0, 1)
      const kept = used.length > 0 ? used : unused
      const children = kept.map((member) => member.elements(structs.map((struct) => struct[member.name] ?? null)))
      return [{ name, field_id: id, repetition_type: 'OPTIONAL', num_children: kept.length }, ...children.flat()]
    },
  }
}

function listColumn(name: string, id: number, element: ParquetColumn): ParquetColumn {
  return {
    name,
    kind: 'composite',
    accepts: (value) =>
      Array.isArray(value) && value.every((held: RowValue | null) => held === null || element.accepts(held)),
    convert: (value) => {
      const { convert } = element
      if (!Array.isArray(value)) return null
      return convert ? value.map((held: RowValue | null) => (held === null ? null : convert(held))) : value
    },
    elements: (values) => {
      const held = element.kind === 'composite' ? values.flatMap((list) => (Array.isArray(list) ? list : [])) : []
      return [
        { name, field_id: id, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
        // The repeated group is no field of the table, so it has no id:
        // https://iceberg.apache.org/spec/#parquet
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        // Only composites need their values inspected; the null marks scalars as optional.
        ...element.elements(held.length > 0 || (values.length === 0 && element.kind === 'composite') ? held : [null]),
      ]
    },
  }
}
