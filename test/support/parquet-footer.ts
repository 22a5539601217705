import { type FileMetaData, parquetMetadata, type SchemaElement } from 'hyparquet'
import type { LogSchema, ScalarType, ValueType } from '../../schemas/definition.ts'
import { tableColumns } from '../../schemas/table-columns.ts'

/**
 * What the footers of data files say. Athena reads files of exactly this form, so a library that begins to write
 * another one has to be noticed.
 */

/** Types of values in files of the functions: physical type, converted type, logical type. */
export const functionTypes: Readonly<Record<ScalarType, string>> = {
  string: 'BYTE_ARRAY UTF8',
  json: 'BYTE_ARRAY UTF8',
  boolean: 'BOOLEAN',
  smallint: 'INT32 INT_16',
  int: 'INT32',
  bigint: 'INT64',
  float: 'DOUBLE',
  timestamp: 'INT64 TIMESTAMP_MICROS TIMESTAMP(MICROS, UTC)',
}

/** Types of values in files that DuckDB writes: it also says the width of ordinary integers. */
export const engineTypes: Readonly<Record<ScalarType, string>> = {
  ...functionTypes,
  int: 'INT32 INT_32',
  bigint: 'INT64 INT_64',
}

/** The types of all columns, members and list elements of a table, by path, in a file with these types of values. */
export function typesOf(schema: LogSchema, types: Readonly<Record<ScalarType, string>>): Map<string, string> {
  const found = new Map<string, string>()
  const add = (path: string, value: ValueType) => {
    found.set(path, value.type === 'array' ? 'LIST' : value.type === 'object' ? 'STRUCT' : types[value.type])
    if (value.type === 'array') add(`${path}[]`, value.element)
    if (value.type === 'object') for (const field of value.fields) add(`${path}.${field.column}`, field)
  }
  for (const { column, value } of tableColumns(schema)) add(column, value)
  return found
}

export function footerOf(file: Uint8Array): FileMetaData {
  return parquetMetadata(new Uint8Array(file).buffer)
}

/** Field ids by path, as schemas name the paths: `a.b` of structs, `a[]` and `a[].b` of lists. */
export function fieldIdsInFile(file: FileMetaData): Map<string, number | undefined> {
  return new Map(elements(file).map(({ path, element }) => [path, element.field_id]))
}

/** Types by path, in the words of `functionTypes`. */
export function typesInFile(file: FileMetaData): Map<string, string> {
  return new Map(elements(file).map(({ path, element }) => [path, typeText(element)]))
}

/**
 * How the values of each column, member and list element are stored in the first row group: codec, kind of page,
 * encodings.
 */
export function pagesInFile(bytes: Uint8Array): Map<string, string> {
  const file = footerOf(bytes)
  const chunks = new Map(
    file.row_groups[0]?.columns.map((column) => [column.meta_data?.path_in_schema.join('.'), column]),
  )
  const pages = new Map<string, string>()
  for (const { path, inFile } of elements(file)) {
    const stored = chunks.get(inFile)?.meta_data
    if (!stored) continue
    const page = pageKind(bytes, Number(stored.data_page_offset))
    pages.set(path, [stored.codec, page, ...new Set(stored.encodings)].join(' '))
  }
  return pages
}

/** A page begins with its kind, in Thrift's compact form: https://github.com/apache/parquet-format#file-format */
function pageKind(bytes: Uint8Array, offset: number): string {
  const kinds: ReadonlyMap<number, string> = new Map([
    [0x1500, 'DATA_PAGE'],
    [0x1506, 'DATA_PAGE_V2'],
  ])
  const head = new DataView(bytes.buffer, bytes.byteOffset).getUint16(offset)
  return kinds.get(head) ?? `page that begins with ${head.toString(16)}`
}

function typeText({ type, converted_type: converted, logical_type: logical, num_children: members }: SchemaElement) {
  if (members !== undefined) return converted ?? 'STRUCT'
  if (logical?.type !== 'TIMESTAMP') return [type, converted, logical?.type].filter(Boolean).join(' ')
  return `${type} ${converted} TIMESTAMP(${logical.unit}${logical.isAdjustedToUTC ? ', UTC' : ''})`
}

interface PlacedElement {
  readonly path: string
  /** Names from the root, those of a list's repeated group included. */
  readonly inFile: string
  readonly element: SchemaElement
}

/** The elements of a footer but the repeated groups of lists, which no schema names. */
function elements({ schema }: FileMetaData): PlacedElement[] {
  const found: PlacedElement[] = []
  let next = 1
  const visit = (parent: string, parentInFile: string, ofList: boolean) => {
    const element = schema[next++]
    if (!element) return
    const below = (names: string) => (names === '' ? element.name : `${names}.${element.name}`)
    const isRepeated = element.repetition_type === 'REPEATED'
    const path = isRepeated ? `${parent}[]` : ofList ? parent : below(parent)
    const inFile = below(parentInFile)
    if (!isRepeated) found.push({ path, inFile, element })
    for (let child = 0; child < (element.num_children ?? 0); child++) visit(path, inFile, isRepeated)
  }
  while (next < schema.length) visit('', '', false)
  return found
}
