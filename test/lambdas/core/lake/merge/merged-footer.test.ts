import { expect, test } from 'vitest'
import { fieldIdsOf } from '../../../../../schemas/compiler/field-ids.ts'
import { everyType } from '../../../../support/every-type.ts'
import { mergeWorld } from '../../../../support/merge-world.ts'
import {
  engineTypes,
  fieldIdsInFile,
  footerOf,
  pagesInFile,
  typesInFile,
  typesOf,
} from '../../../../support/parquet-footer.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const scalars = { text: 'often the same', number: 1, big: 2, real: 0.5, flag: true, when: noon / 1_000, small: 3 }

test('a merged file has the types and field ids of its schema, and pages that Athena was seen to read', async () => {
  const world = mergeWorld()
  for (const name of ['a', 'b']) {
    const rows = Array.from({ length: 100 }, (_, n) =>
      world.rowOf({
        ...scalars,
        id: `${name} ${n}`,
        alternateId: 'x',
        '@timestamp': noon + n,
        raw: { n },
        inner: { ...scalars, raw: [n], deep: { ...scalars, raw: [n] } },
        texts: ['a', `b ${n}`],
        numbers: [n],
        things: [{ ...scalars, raw: [n] }],
        lists: [['a'], []],
      }),
    )
    await world.write(name, rows)
  }
  await world.merge('2026-06-01')
  const bytes = world.lakeObjects.get(world.listed('2026-06-01')[0] ?? '') ?? new Uint8Array()
  const footer = footerOf(bytes)
  const ids = fieldIdsInFile(footer)
  expect(ids).toEqual(new Map([...fieldIdsOf(everyType)].filter(([path]) => ids.has(path))))
  const types = typesOf(everyType, engineTypes)
  expect(typesInFile(footer)).toEqual(new Map([...types].filter(([path]) => ids.has(path))))
  for (const path of ['p_event_time', 'p_row_id', 'inner.deep.flag', 'things[].real', 'lists[][]']) {
    expect([...ids.keys()]).toContain(path)
  }
  expect(new Set(pagesInFile(bytes).values())).toEqual(
    new Set(['ZSTD DATA_PAGE PLAIN', 'ZSTD DATA_PAGE PLAIN_DICTIONARY']),
  )
  expect(footer.row_groups[0]?.columns.every(({ meta_data: data }) => data?.bloom_filter_offset === undefined)).toBe(
    true,
  )
})
