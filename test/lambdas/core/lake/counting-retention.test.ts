import { expect, test } from 'vitest'
import { countingRetention } from '../../../../lambdas/core/lake/counting-retention.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const day = 86_400_000
const start = Date.parse('2026-03-01T00:00:00Z')

/** Asks on these days after the start, with the retention of the settings on each. */
async function asked(...steps: readonly (readonly [number, number])[]) {
  const { store, objects } = memoryStore()
  const found: (number | undefined)[] = []
  for (const [after, days] of steps) found.push(await countingRetention(store, days, start + after * day))
  return { found, store, objects }
}

test('nothing is deleted before the retention is known for a week', async () => {
  expect((await asked([0, 30], [6.9, 30], [7, 30])).found).toEqual([undefined, undefined, 30])
})

test('a lower retention counts after a week', async () => {
  expect((await asked([0, 365], [10, 365], [11, 30], [17.9, 30], [18, 30])).found).toEqual([
    undefined,
    365,
    365,
    365,
    30,
  ])
})

test('a retention that is lowered by mistake and raised again within a week deletes nothing', async () => {
  const { found } = await asked([0, 365], [10, 365], [11, 1], [12, 1], [13, 365], [19, 365], [20, 365])
  expect(found.slice(1)).toEqual([365, 365, 365, 365, 365, 365])
})

test('a higher retention counts at once, and one that changes every day is the highest of the week', async () => {
  expect((await asked([0, 30], [10, 90], [11, 60], [12, 45], [18.9, 45], [19, 45])).found).toEqual([
    undefined,
    90,
    90,
    90,
    90,
    45,
  ])
})

test('a note that cannot be read is as none', async () => {
  const { store, objects } = await asked([0, 30], [10, 30])
  objects.set('retention.json', Buffer.from('{"days":'))
  expect(await countingRetention(store, 30, start + 11 * day)).toBeUndefined()
  expect(await countingRetention(store, 30, start + 18 * day)).toBe(30)
})
