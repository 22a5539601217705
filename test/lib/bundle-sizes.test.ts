import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { provideAssembly } from '../../local/template/assembly-cache.ts'
import { sourceTypes } from '../../settings/source-types.ts'

const budgetFile = join(import.meta.dirname, 'bundle-sizes.json')
const accept = 'BUNDLE_SIZES=write npx vitest run test/lib/bundle-sizes.test.ts'

/** Large bundles start slowly. */
const MAX_BYTES = 1_000_000
/** Budgets leave at least half a step, room for a new source, and are whole steps; a bundle far below gets a new one. */
const STEP = 40_000
const SLACK = 2 * STEP

const folder = mkdtempSync(join(tmpdir(), 'bundle-sizes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const variables = z.object({ Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }) })
const code = z.object({ Code: z.object({ S3Key: z.string() }) })

/** Folder of the function's handler, which all sources of one mode share. */
function handlerOf(serviceName: string): string {
  const type = sourceTypes.get(serviceName)
  if (type === undefined) return serviceName
  if (type.mode === 'stream' && type.store === 'gcs') return 'poller'
  return { webhook: 'webhook', poll: 'poller', stream: 'stream-reader' }[type.mode]
}

/** Bytes of each bundle as uploaded, by the folder of its handler. */
async function bundleSizes(): Promise<Map<string, number>> {
  const { template, assetFolders } = await provideAssembly(join(folder, 'cdk.out'))
  const functions = [...template.resources.values()].filter(({ type }) => type === 'AWS::Lambda::Function')
  return new Map(
    functions.map(({ properties }) => {
      const asset = assetFolders.get(code.parse(properties).Code.S3Key) ?? ''
      return [
        handlerOf(variables.parse(properties).Environment.Variables.POWERTOOLS_SERVICE_NAME),
        readdirSync(asset).reduce((bytes, file) => bytes + statSync(join(asset, file)).size, 0),
      ]
    }),
  )
}

const sizes = await bundleSizes()
if (process.env.BUNDLE_SIZES === 'write') {
  const budgets = [...sizes].sort().map(([name, size]) => [name, Math.ceil((size + STEP / 2) / STEP) * STEP])
  writeFileSync(budgetFile, `${JSON.stringify(Object.fromEntries(budgets), undefined, 2)}\n`)
}
const budgets = z.record(z.string(), z.int()).parse(JSON.parse(readFileSync(budgetFile, 'utf8')))

test('every handler is bundled for the shipped settings, and every bundle has a budget', () => {
  expect([...sizes.keys()].sort()).toEqual(readdirSync('lambdas/functions').sort())
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
