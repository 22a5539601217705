import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countValues } from '../../../../lambdas/core/json/count-values.ts'

/** The brackets that open and the commas of a value. */
function marks(value: fc.JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0
  const held = Object.values(value).filter((one) => one !== undefined)
  return Math.max(1, held.length) + held.reduce<number>((sum, one) => sum + marks(one), 0)
}

test('values are counted outside of texts, whatever these hold', () => {
  const texts = fc.constantFrom('a,b', '{"a":1,[', '\\', '\\"', '"', ',', '')
  const { value } = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(value, (one) => {
      expect(countValues(JSON.stringify(one))).toBe(1 + marks(one))
    }),
  )
})
