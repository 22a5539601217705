import { describe, expect, test } from 'vitest'
import { parquetOf } from '../../../../lambdas/core/lake/parquet.ts'
import { parseEvent, type Row } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { fieldIdsOf } from '../../../../schemas/compiler/field-ids.ts'
import { tableSchemas } from '../../../../schemas/generated/index.ts'
import { everyType } from '../../../support/every-type.ts'
import {
  fieldIdsInFile,
  footerOf,
  functionTypes,
  pagesInFile,
  typesInFile,
  typesOf,
} from '../../../support/parquet-footer.ts'

test.each([everyType, ...tableSchemas])('a file of $table has the types and field ids of its schema', (schema) => {
  const footer = footerOf(parquetOf(schema, []))
  expect(typesInFile(footer)).toEqual(typesOf(schema, functionTypes))
  expect(fieldIdsInFile(footer)).toEqual(fieldIdsOf(schema))
})

describe('a file in which many columns are null', () => {
  const receivedAt = Date.UTC(2026, 0, 31, 12)
  const { normalize } = compileNormalizer(everyType)
  const rows: Row[] = Array.from({ length: 100 }, (_, n) => {
    const scalars = {
      text: 'often the same',
      number: n,
      big: n,
      real: n / 4,
      flag: n % 2 === 0,
      when: receivedAt / 1000,
    }
    const event = {
      ...scalars,
      id: `id ${n}`,
      small: n,
      raw: { n },
      inner: { ...scalars, deep: { number: n } },
      texts: ['a', `b ${n}`],
      things: [{ number: n }, { text: 'the same' }],
      lists: [['a'], []],
    }
    const context = { sourceId: 's', sourceLabel: 'S', receivedAt: receivedAt + n }
    return normalize(parseEvent(Buffer.from(JSON.stringify(event))), context)
  })
  const bytes = parquetOf(everyType, rows)

  test('has the field ids of the columns that it holds, and none elsewhere', () => {
    const all = fieldIdsOf(everyType)
    const ids = fieldIdsInFile(footerOf(bytes))
    expect(ids.size).toBeLessThan(all.size)
    expect(ids).toEqual(new Map([...ids].map(([path]) => [path, all.get(path)])))
    const types = typesOf(everyType, functionTypes)
    expect(typesInFile(footerOf(bytes))).toEqual(new Map([...ids].map(([path]) => [path, types.get(path)])))
  })

  test('has pages of the second version, a dictionary where texts repeat, and zstd', () => {
    const pages = Map.groupBy(pagesInFile(bytes), ([, stored]) => stored)
    const paths = [...pages].map(([stored, columns]) => [stored, columns.map(([path]) => path).join(' ')])
    expect(Object.fromEntries(paths)).toEqual({
      // Numbers and times, and texts that seldom repeat. Inside structs and lists the library chooses.
      'ZSTD DATA_PAGE_V2 PLAIN':
        'p_event_time p_parse_time p_row_id p_schema_version id small number big real when raw inner.number inner.big inner.real inner.deep.number texts[] things[].number',
      'ZSTD DATA_PAGE_V2 PLAIN RLE_DICTIONARY':
        'p_time_source p_log_type p_source_id p_source_label p_any_usernames[] text inner.text inner.when things[].text lists[][]',
      'ZSTD DATA_PAGE_V2 RLE': 'flag inner.flag',
    })
  })

  test('has statistics of times in their unit', () => {
    const column = footerOf(bytes).row_groups[0]?.columns[0]?.meta_data
    expect(column?.path_in_schema).toEqual(['p_event_time'])
    expect(column?.statistics).toMatchObject({
      min_value: new Date(receivedAt),
      max_value: new Date(receivedAt),
      null_count: 0n,
    })
  })
})
