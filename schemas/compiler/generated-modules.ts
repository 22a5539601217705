import type { Field, LogSchema, ValueType } from '../definition.ts'
import { type StandardColumn, standardColumns } from '../standard-columns.ts'
import type { LogSchemaFile } from './load.ts'
import { isOwnTable } from './schema-rules.ts'
import { typescriptLiteral } from './typescript-literal.ts'

/** The module of a table: its schema for the functions, and the type of its rows. */
export function renderSchemaModule({ file, schema }: LogSchemaFile): string {
  const declaration = `export const ${exportName(schema.table)}: LogSchema = `
  const columns = [
    ...schema.attributes.map((attribute) => ({ ...attribute, value: { type: 'string' } as const })),
    ...schema.fields.map((field) => ({ ...field, value: field })),
  ]
  // A type instead of an interface, because only a type is assignable to a row of any table.
  const rowType = `export type ${rowName(schema.table)} = StandardColumns & ${rowMembers(columns, '')}`
  return [
    `// Generated from ${file} by npm run generate; do not edit.`,
    `import type { LogSchema } from '../definition.ts'`,
    ...wholeNumberImport(rowType),
    `import type { StandardColumns } from './standard-columns.ts'`,
    '',
    `${declaration}${typescriptLiteral(forFunctions(schema), 0, declaration.length)}`,
    '',
    `/** A row of ${schema.table}; a column that is null is left out. */`,
    rowType,
    '',
  ].join('\n')
}

/** The type of the columns that every row has. */
export function renderStandardColumns(): string {
  const columns: readonly StandardColumn[] = standardColumns
  return [
    '// Generated from schemas/standard-columns.ts by npm run generate; do not edit.',
    '',
    '/** The columns that every table begins with. Times are ISO 8601 in UTC with milliseconds, json columns JSON or plain text. */',
    `export type StandardColumns = ${rowMembers(columns, '')}`,
    '',
  ].join('\n')
}

/** The module that lists all tables. */
export function renderIndex(schemas: readonly LogSchema[]): string {
  const own = schemas.filter(isOwnTable)
  const names = (list: readonly LogSchema[]) => list.map(({ table }) => `  ${exportName(table)},`)
  return [
    '// Generated from schemas/*/*.yaml by npm run generate; do not edit.',
    `import type { LogSchema } from '../definition.ts'`,
    ...schemas.map(({ table }) => `import { type ${rowName(table)}, ${exportName(table)} } from './${table}.ts'`),
    '',
    '/** The schemas of what providers send, in the order of their files. */',
    'export const logSchemas: readonly LogSchema[] = [',
    ...names(schemas.filter((schema) => !isOwnTable(schema))),
    ']',
    '',
    '/** The schemas of all tables: what providers send, and what the pipeline itself has to tell. */',
    'export const tableSchemas: readonly LogSchema[] = [',
    '  ...logSchemas,',
    ...names(own),
    ']',
    '',
    '/** The type of a row, by the name of its table. */',
    'export interface TableRows {',
    ...schemas.map(({ table }) => `  readonly ${table}: ${rowName(table)}`),
    '}',
    '',
  ].join('\n')
}

/** The name under which a table's module exports its schema, for example `githubWebhook`. */
export function exportName(table: string): string {
  return table.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Name of the type of a table's rows, for example `GithubWebhookRow`. */
function rowName(table: string): string {
  return `${exportName(`_${table}`)}Row`
}

/** Removes descriptions and the meaning in OCSF's words, which would only slow the cold start of the functions. */
function forFunctions(schema: LogSchema): LogSchema {
  const { description: _text, ocsf: _meaning, ...rest } = schema
  return {
    ...rest,
    attributes: schema.attributes.map(({ column, id }) => ({ column, id })),
    fields: schema.fields.map(bareField),
  }
}

function bareField(field: Field): Field {
  const { name, column, id, required } = field
  return { name, column, id, ...bareType(field), ...(required && { required }) }
}

function bareType(value: ValueType): ValueType {
  if (value.type === 'object') return { type: value.type, fields: value.fields.map(bareField) }
  if (value.type === 'array') {
    return { type: value.type, element: bareType(value.element), elementId: value.elementId }
  }
  const { type, formats, indicators, memberIndicators } = value
  return {
    type,
    ...(formats && { formats }),
    ...(indicators && { indicators }),
    ...(memberIndicators && { memberIndicators }),
  }
}

interface Member {
  readonly column: string
  readonly value: ValueType
  readonly always?: true
  readonly description?: string
}

function rowMembers(members: readonly Member[], indent: string): string {
  const lines = members.flatMap(({ column, value, always, description }) => [
    ...(description === undefined ? [] : [`${indent}  /** ${description.replaceAll('*/', '* /')} */`]),
    `${indent}  readonly ${column}${always ? '' : '?'}: ${valueType(value, `${indent}  `)}`,
  ])
  return ['{', ...lines, `${indent}}`].join('\n')
}

function valueType(value: ValueType, indent: string): string {
  switch (value.type) {
    case 'object':
      return rowMembers(
        value.fields.map((field) => ({ ...field, value: field })),
        indent,
      )
    case 'array':
      return `readonly (${valueType(value.element, indent)} | null)[]`
    case 'string':
    case 'json':
    case 'timestamp':
      return 'string'
    case 'int':
    case 'smallint':
    case 'float':
      return 'number'
    case 'bigint':
      return 'WholeNumber'
    case 'boolean':
      return 'boolean'
  }
}

function wholeNumberImport(text: string): string[] {
  return text.includes(': WholeNumber') || text.includes('(WholeNumber')
    ? [`import type { WholeNumber } from '../row-values.ts'`]
    : []
}
