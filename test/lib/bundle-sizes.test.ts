import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bundleInto } from '../../lib/node-function.ts'

const budgetFile = join(import.meta.dirname, 'bundle-sizes.json')
const accept = 'BUNDLE_SIZES=write npx vitest run test/lib/bundle-sizes.test.ts'

/** Large bundles start slowly. */
const MAX_BYTES = 1_000_000
/**
 * Budgets leave at least half a step, room for a new source, and are whole steps; a bundle far below gets a new one.
 */
const STEP = 40_000
const SLACK = 2 * STEP

const folder = mkdtempSync(join(tmpdir(), 'bundle-sizes-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Bytes of each bundle as uploaded, by the folder of its handler. */
const sizes = new Map(
  readdirSync('lambdas/functions').map((handler) => {
    const bundle = join(folder, handler)
    bundleInto(handler, bundle, ['@duckdb/node-api'])
    return [handler, readdirSync(bundle).reduce((bytes, file) => bytes + statSync(join(bundle, file)).size, 0)]
  }),
)
if (process.env.BUNDLE_SIZES === 'write') {
  const budgets = [...sizes].sort().map(([name, size]) => [name, Math.ceil((size + STEP / 2) / STEP) * STEP])
  writeFileSync(budgetFile, `${JSON.stringify(Object.fromEntries(budgets), undefined, 2)}\n`)
}
const budgets = z.record(z.string(), z.int()).parse(JSON.parse(readFileSync(budgetFile, 'utf8')))

test('every bundle has a budget', () => {
  expect(Object.keys(budgets).sort(), `if that is meant: ${accept}`).toEqual([...sizes.keys()].sort())
})

describe.each([...sizes])('%s', (name, size) => {
  const budget = budgets[name] ?? 0
  const comparison = `${name} has ${size} bytes, its budget in bundle-sizes.json is ${budget}`

  test('is not larger than its budget', () => {
    expect(size, `${comparison}. See what made it grow; if that is meant: ${accept}`).toBeLessThanOrEqual(budget)
  })

  test('is not much smaller than its budget, so that it cannot grow back unnoticed', () => {
    expect(size, `${comparison}. It shrank, which is good: ${accept}`).toBeGreaterThan(budget - SLACK)
  })

  test('is below a megabyte', () => {
    expect(size).toBeLessThan(MAX_BYTES)
  })
})
