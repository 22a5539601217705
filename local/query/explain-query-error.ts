import { nearest } from '../../schemas/compiler/problem-wording.ts'

export interface NamedColumn {
  readonly table: string
  readonly name: string
}

/** What a statement can name. */
export interface Known {
  readonly sql: string
  readonly tables: readonly string[]
  readonly columns: readonly NamedColumn[]
}

/**
 * Words an error of DuckDB for people: for a table or column that is not there, what is, and the nearest name.
 * @param message DuckDB's, of which the first line says what is wrong
 */
export function explainQueryError(message: string, known: Known): string {
  const [what = ''] = message.replace(/^Failed to extract statements: /, '').split('\n')
  const [, table] = /^Catalog Error: Table with name (.+?) does not exist!/.exec(what) ?? []
  if (table !== undefined) return unknownTable(table, known.tables)
  const [, column] =
    /^Binder Error: Referenced column "(.+?)" not found/.exec(what) ??
    /^Binder Error: .* does not have a column named "(.+?)"/.exec(what) ??
    []
  if (column !== undefined) return unknownColumn(column, known)
  const [, name] = /Function with name (.+?) does not exist!/.exec(what) ?? []
  return name === undefined ? what : `${what}\nIt may be one of Athena's that the local run does not know.`
}

function unknownTable(name: string, tables: readonly string[]): string {
  return `There is no table ${name}${suggestion(name, tables)}\nTables: ${tables.join(', ')}`
}

function unknownColumn(name: string, { sql, tables, columns }: Known): string {
  const words = new Set(sql.toLowerCase().match(/\w+/g))
  const named = tables.filter((table) => words.has(table))
  const candidates = columns.filter(({ table }) => named.length === 0 || named.includes(table))
  const near = suggestion(
    name,
    candidates.map((column) => column.name),
  )
  const where = named.length === 0 ? '' : ` in ${named.join(', ')}`
  const [first = 'TABLE'] = named
  return `There is no column "${name}"${where}${near}\nIts columns: npm run query -- "describe ${first}"`
}

function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates)
  return near === undefined ? '.' : `; did you mean ${near}?`
}
