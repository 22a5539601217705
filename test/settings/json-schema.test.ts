import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { settingsJsonSchema } from '../../settings/load.ts'
import { sourceTypes } from '../../settings/source-types.ts'

const schema = settingsJsonSchema()
const shipped: unknown = parse(readFileSync('audit-lake.yaml', 'utf8'))

/** Whether an editor that uses the JSON Schema accepts the text. */
function accepts(settings: unknown): boolean {
  return z.fromJSONSchema(schema).safeParse(settings).success
}

test('the shipped file is valid by the schema that it names', () => {
  expect(accepts(shipped)).toBe(true)
  expect(readFileSync('audit-lake.yaml', 'utf8').split('\n')[0]).toBe(
    '# yaml-language-server: $schema=./schemas/generated/audit-lake.schema.json',
  )
})

test('optional keys may be left out', () => {
  expect(accepts({ sources: [{ id: 'ab', type: 'github-webhook', label: 'x' }] })).toBe(true)
})

test.each([
  ['an unknown key', { retention: 3 }],
  ['a retention of no days', { retentionDays: 0 }],
  ['a replaced secret that counts for too long', { previousSecretHours: 169 }],
  ['no sources', { sources: [] }],
  ['an unknown type', { sources: [{ id: 'ab', type: 'no', label: 'x' }] }],
  ['an unknown option', { sources: [{ id: 'ab', type: 'github-webhook', label: 'x', secret: 'y' }] }],
  ['a source without label', { sources: [{ id: 'ab', type: 'github-webhook' }] }],
])('%s is marked as an error', (_, change) => {
  expect(accepts({ ...z.record(z.string(), z.unknown()).parse(shipped), ...change })).toBe(false)
})

test('every key has a description, for the hints in editors', () => {
  const undescribed: string[] = []
  const visit = (node: unknown, path: string) => {
    const object = z
      .looseObject({ properties: z.record(z.string(), z.unknown()).optional(), items: z.unknown(), oneOf: z.unknown() })
      .safeParse(node).data
    for (const [key, value] of Object.entries(object?.properties ?? {})) {
      if (!z.looseObject({ description: z.string() }).safeParse(value).success) undescribed.push(`${path}.${key}`)
      visit(value, `${path}.${key}`)
    }
    visitAll(object?.items, path)
    visitAll(object?.oneOf, path)
  }
  const visitAll = (nodes: unknown, path: string) => {
    for (const node of Array.isArray(nodes) ? nodes : nodes === undefined ? [] : [nodes]) visit(node, `${path}[]`)
  }
  visit(schema, '')
  expect(undescribed).toEqual([])
})

test('every source type of the manifests is allowed', () => {
  for (const type of sourceTypes.keys()) expect(JSON.stringify(schema)).toContain(`"const":"${type}"`)
})
