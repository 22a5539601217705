import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, onTestFinished, test } from 'vitest'
import { fieldIdsOf } from '../../schemas/compiler/field-ids.ts'
import type { ValueType } from '../../schemas/definition.ts'
import { duckDbFieldIds } from '../../schemas/duckdb-field-ids.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { tableColumns } from '../../schemas/table-columns.ts'
import { everyType } from '../support/every-type.ts'
import { engineTypes, fieldIdsInFile, footerOf, typesInFile, typesOf } from '../support/parquet-footer.ts'

const scalars: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  json: 'VARCHAR',
  float: 'DOUBLE',
  timestamp: 'TIMESTAMPTZ',
}

function duckDbType(value: ValueType): string {
  if (value.type === 'array') return `${duckDbType(value.element)}[]`
  if (value.type !== 'object') return scalars[value.type] ?? value.type
  return `STRUCT(${value.fields.map((field) => `"${field.column}" ${duckDbType(field)}`).join(', ')})`
}

test.each([everyType, ...tableSchemas])('the engine writes the ids and types of $table into a file', async (schema) => {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-ids-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'rows.parquet')
  const connection = await (await DuckDBInstance.create()).connect()
  onTestFinished(() => connection.closeSync())
  const columns = tableColumns(schema)
  const nulls = columns.map(({ column, value }) => `NULL::${duckDbType(value)} AS "${column}"`)
  await connection.run(
    `COPY (SELECT ${nulls.join(', ')}) TO '${file}' (FORMAT parquet, FIELD_IDS ${duckDbFieldIds(columns)})`,
  )
  const footer = footerOf(await readFile(file))
  expect(fieldIdsInFile(footer)).toEqual(fieldIdsOf(schema))
  expect(typesInFile(footer)).toEqual(typesOf(schema, engineTypes))
})
