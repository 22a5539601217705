import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FieldIdBook, type FieldIds, fieldIdsOf, readFieldIds } from '../../../schemas/compiler/field-ids.ts'
import { loadLogSchemaFiles, parseLogSchema } from '../../../schemas/compiler/load.ts'
import { tableSchemas } from '../../../schemas/generated/index.ts'
import { standardColumns } from '../../../schemas/standard-columns.ts'

/** A schema file with these columns: a text, a list of texts, a struct, or a list of structs with members as well. */
function schemaText(columns: readonly Column[]): string {
  const member = ({ name }: { readonly name: string }) => `      - {name: ${name}, type: string, description: M}`
  const lines = columns.map(({ name, kind, members }) => {
    const fields = members.map(member).join('\n')
    if (kind === 'text') return `  - {name: ${name}, type: string, description: T}`
    if (kind === 'texts') return `  - {name: ${name}, type: array, element: string, description: T}`
    const head = `  - name: ${name}\n    description: S`
    if (kind === 'struct') return `${head}\n    type: object\n    fields:\n${fields}`
    return `${head}\n    type: array\n    element:\n      type: object\n      fields:\n${fields.replaceAll(/^/gm, '  ')}`
  })
  return `logType: Acme.Audit\nversion: 1\ndescription: D\nreference: https://example.com/docs\neventTime: []\nkey: [[canonical]]\nfields:\n${lines.join('\n')}\n`
}

interface Column {
  readonly name: string
  readonly kind: 'text' | 'texts' | 'struct' | 'structs'
  readonly members: readonly { readonly name: string }[]
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const columns: fc.Arbitrary<Column[]> = fc.uniqueArray(
  fc.record({
    name,
    kind: fc.constantFrom('text' as const, 'texts' as const, 'struct' as const, 'structs' as const),
    members: fc.uniqueArray(fc.record({ name }), { minLength: 1, maxLength: 4, selector: (member) => member.name }),
  }),
  { minLength: 1, maxLength: 6, selector: (column) => column.name },
)

test('whatever versions a schema goes through, a path keeps its id for good, and no two paths ever have the same', () => {
  fc.assert(
    fc.property(fc.array(columns, { minLength: 1, maxLength: 5 }), (versions) => {
      let given: FieldIds = new Map()
      for (const version of versions) {
        const ids = fieldIdsOf(parseLogSchema('schemas/acme/audit.yaml', schemaText(version), given))
        for (const [path, id] of given) expect(ids.get(path) ?? id).toBe(id)
        given = new Map([...given, ...ids])
        expect(new Set(given.values()).size).toBe(given.size)
      }
    }),
  )
})

test('new fields get the ids after the highest that was ever given', () => {
  const book = new FieldIdBook(new Map([['gone', 1007]]))
  expect(['a', 'a[]', 'a[].b', 'a'].map((path) => book.of(path))).toEqual([1008, 1009, 1010, 1008])
  expect([...book.ids]).toEqual([
    ['gone', 1007],
    ['a', 1008],
    ['a[]', 1009],
    ['a[].b', 1010],
  ])
})

test('standard columns have ids of their own below 1000, the same in every table', () => {
  const elements = standardColumns.flatMap(({ value }) => (value.type === 'array' ? [value.elementId] : []))
  const standard = [...standardColumns.map(({ id }) => id), ...elements]
  expect(new Set(standard).size).toBe(standard.length)
  expect(Math.min(...standard)).toBe(1)
  expect(Math.max(...standard)).toBeLessThan(1000)
})

test.each(tableSchemas)('every column, member and list element of $table has an id that no other has', (schema) => {
  const ids = fieldIdsOf(schema)
  expect(new Set(ids.values()).size).toBe(ids.size)
  const [source] = loadLogSchemaFiles().filter((loaded) => loaded.schema.table === schema.table)
  expect(source && fieldIdsOf(source.schema)).toEqual(ids)
})

describe('a damaged file of ids', () => {
  const remedy = 'restore it from version control, then run npm run generate'
  test.each([
    ['{"a": 1000, "b": 1000}', `a and b both have the id 1000; ${remedy}`],
    ['{"a": 24}', `a: should be a whole number from 1000; ${remedy}`],
    ['{"a": "1000"}', `a: should be a whole number from 1000; ${remedy}`],
    ['[1000]', `is not a JSON object; ${remedy}`],
    ['{"a": 1000', `is not a JSON object; ${remedy}`],
  ])('%s', (text, problem) => {
    const root = mkdtempSync(join(tmpdir(), 'field-ids-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    mkdirSync(join(root, 'schemas/field-ids'), { recursive: true })
    writeFileSync(join(root, 'schemas/field-ids/acme_audit.json'), text)
    expect(() => readFieldIds(root, 'acme_audit')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^schemas\/field-ids\/acme_audit\.json: /) }),
    )
    expect(() => readFieldIds(root, 'acme_audit')).toThrow(problem)
  })
})
