import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import { loadTableSchemas } from '../../schemas/compiler/load.ts'
import { visible } from '../../schemas/compiler/visible.ts'
import { goldenRows } from '../support/golden-lake.ts'
import { LakeOfSchemas } from '../support/lake-of-schemas.ts'

/**
 * What the view `all_events` makes of every golden row, in `all-events/<provider>-<stream>.txt` for review: the class and
 * activity first, then each column that is not null. `GOLDEN=write npx vitest run test/golden` writes the files anew.
 */
const write = process.env.GOLDEN === 'write' && process.env.CI === undefined
const folder = join(import.meta.dirname, 'all-events')

/** In every row, or in the line of the class. */
const left = ['dt', 'metadata_product_name', 'metadata_log_name', 'metadata_uid', 'p_source_id']
const summed = /^(class|activity|type|severity|status)(_|$)/

function lines(row: Readonly<Record<string, unknown>>): string[] {
  const { class_uid, class_name, activity_id, activity_name, status, severity_id } = row
  const columns = Object.entries(row).filter(
    ([column, value]) => value !== null && !left.includes(column) && !summed.test(column),
  )
  return [
    `${class_uid} ${class_name}: ${activity_id} ${activity_name}; ${status}, severity ${severity_id}`,
    ...columns.map(([column, value]) => `${column} = ${visible(String(value).slice(0, 120))}`),
  ]
}

const schemas = loadTableSchemas()

describe.each([...Map.groupBy(goldenRows(), ({ stream }) => stream)])('%s', (stream, cases) => {
  test('every golden row has its class, activity and columns in all_events', async () => {
    const schema = schemas.find(({ logType }) => logType === cases[0]?.row.p_log_type)
    if (schema === undefined) throw new TypeError(`no schema for ${stream}`)
    const lake = new LakeOfSchemas([schema])
    const rows = cases.map(({ name, row }) => ({ ...row, p_row_id: name }))
    lake.add(schema.table, 'golden.parquet', parquetOf(schema, rows))
    const found = new Map((await lake.rows('SELECT * FROM all_events')).map((row) => [row.metadata_uid, row]))
    expect(found.size).toBe(cases.length)
    const text = cases
      .flatMap(({ name }) => [name, ...lines(found.get(name) ?? {}).map((line) => `  ${line}`), ''])
      .join('\n')
    const file = join(folder, `${stream.replace('/', '-')}.txt`)
    if (write) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, text)
    }
    expect(text).toBe(readFileSync(file, 'utf8'))
  })
})
