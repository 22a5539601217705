import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { visible } from '../../schemas/compiler/visible.ts'
import { goldenLake, goldenRows } from '../support/golden-lake.ts'

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

test('every golden row has its class, activity and columns in all_events', async () => {
  const cases = goldenRows()
  const lake = goldenLake(cases.map(({ stream, name, row }) => ({ ...row, p_row_id: `${stream}/${name}` })))
  const found = await lake.rows('SELECT * FROM all_events')
  const byCase = new Map(found.map((row) => [row.metadata_uid, row]))
  expect(byCase.size).toBe(cases.length)
  for (const [stream, group] of Map.groupBy(cases, (one) => one.stream)) {
    const text = group
      .map(({ name }) => [name, ...lines(byCase.get(`${stream}/${name}`) ?? {}).map((line) => `  ${line}`), ''])
      .flat()
      .join('\n')
    const file = join(folder, `${stream.replace('/', '-')}.txt`)
    if (write) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, text)
    }
    expect(text).toBe(readFileSync(file, 'utf8'))
  }
})
