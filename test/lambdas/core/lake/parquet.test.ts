import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parquetOf } from '../../../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../../../lambdas/core/normalize/event.ts'
import { parseEvent } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import type { LogSchema, ValueType } from '../../../../schemas/definition.ts'
import { logSchemas } from '../../../../schemas/generated/index.ts'
import { tableColumns } from '../../../../schemas/table-columns.ts'
import { arbitraryEvent } from '../../../support/arbitrary-events.ts'
import { describeParquet, readParquet } from '../../../support/duckdb.ts'
import { everyType } from '../../../support/every-type.ts'
import { asRead, throughParquet } from '../../../support/parquet-file.ts'

const normalizeAll = (schema: LogSchema, texts: readonly string[]): Row[] => {
  const { normalize } = compileNormalizer(schema)
  return texts.map((text, index) =>
    normalize(parseEvent(Buffer.from(text)), {
      sourceId: 's',
      sourceLabel: 'S',
      receivedAt: 1_780_000_000_000 + index,
    }),
  )
}

describe('another engine reads exactly the rows, sorted by event time', () => {
  test.each([everyType, ...logSchemas])('$logType', async (schema) => {
    const texts = fc.sample(arbitraryEvent(schema), { numRuns: 200, seed: 7 })
    const rows = normalizeAll(schema, texts)
    expect(await throughParquet(schema, rows)).toEqual(asRead(schema, rows))
  })

  test('random files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent(everyType), { minLength: 1, maxLength: 6 }), async (texts) => {
        const rows = normalizeAll(everyType, texts)
        expect(await throughParquet(everyType, rows)).toEqual(asRead(everyType, rows))
      }),
      { numRuns: 60 },
    )
  })

  test('more rows than one row group', async () => {
    const rows = normalizeAll(
      everyType,
      Array.from({ length: 10_001 }, (_, i) => `{"number":${i},"texts":["${i}"]}`),
    )
    const read = await throughParquet(everyType, rows)
    expect(read.map(({ number }) => number)).toEqual(rows.map((_, i) => i))
  })
})

test.each([everyType, ...logSchemas])(
  'a file of $logType without rows has every column with every member',
  async (schema) => {
    const folder = await mkdtemp(join(tmpdir(), 'auditlake-empty-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'empty.parquet')
    await writeFile(file, parquetOf(schema, []))
    expect(await readParquet(file)).toEqual([])
    const columns = await describeParquet(file)
    expect(Object.keys(columns)).toEqual(tableColumns(schema).map(({ column }) => column))
    const members = (type: ValueType): string[] => {
      if (type.type === 'array') return members(type.element)
      return type.type === 'object' ? type.fields.flatMap((field) => [field.column, ...members(field)]) : []
    }
    for (const { column, value } of tableColumns(schema)) {
      for (const member of members(value)) expect(String(columns[column])).toContain(member)
    }
  },
)

test('columns that are null in every row are left out', async () => {
  const [read] = await throughParquet(
    everyType,
    normalizeAll(everyType, ['{"inner":{"deep":{"number":1}},"lists":[]}']),
  )
  expect(Object.keys(read ?? {}).filter((column) => !column.startsWith('p_'))).toEqual(['inner', 'lists'])
})

test('the same rows make the same bytes', () => {
  const rows = normalizeAll(everyType, ['{"text":"a"}', '{"number":1}'])
  expect(Buffer.from(parquetOf(everyType, rows))).toEqual(Buffer.from(parquetOf(everyType, rows)))
})
