import { DuckDBInstance } from '@duckdb/node-api'
import type { Field, ValueType } from '../../schemas/definition.ts'
import { githubAudit } from '../../schemas/generated/github_audit.ts'
import { measure } from '../task.ts'

/** The baseline without our rules: DuckDB reads NDJSON with declared columns and writes Parquet, on one thread. */
const [file = ''] = process.argv.slice(2)

const scalars: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  json: 'JSON',
  int: 'INTEGER',
  smallint: 'SMALLINT',
  bigint: 'BIGINT',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'VARCHAR',
}

function duckDbType(value: ValueType): string {
  if (value.type === 'array') return `${duckDbType(value.element)}[]`
  if (value.type === 'object') return `STRUCT(${value.fields.map(member).join(', ')})`
  return scalars[value.type] ?? 'VARCHAR'
}

const member = (field: Field): string => `"${field.name}" ${duckDbType(field)}`

const columns = githubAudit.fields.map((field) => `'${field.name}': '${duckDbType(field)}'`).join(', ')
const connection = await (await DuckDBInstance.create()).connect()
await connection.run('SET threads = 1')
await measure(async () => {
  const read = `read_json('${file}', format = 'newline_delimited', columns = {${columns}})`
  await connection.run(`COPY (SELECT * FROM ${read}) TO '${file}.parquet' (FORMAT parquet, COMPRESSION zstd)`)
})
