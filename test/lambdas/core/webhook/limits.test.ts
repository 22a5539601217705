import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Json, parseJson } from '../../../../lambdas/core/json/json.ts'
import { checkParts, webhookLimits } from '../../../../lambdas/core/webhook/limits.ts'

const isRefused = (text: string): boolean => {
  try {
    checkParts(Buffer.from(text))
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'too_large', message: expect.stringMatching(/send fewer events at once/) })
    return true
  }
}

/** Values and names; the first value in a list or object has no comma before it. */
const partsIn = (value: Json): number => {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + partsIn(one), 1)
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, one) => sum + 1 + partsIn(one), 1)
}

describe('the count of values and names', () => {
  const { parts, lines } = webhookLimits

  test.each([
    ['elements', (count: number) => `[${'1,'.repeat(count - 1)}1]`, 1],
    ['objects', (count: number) => `${'{} '.repeat(count)}`, 1],
    ['lists', (count: number) => '[] '.repeat(count), 1],
    ['names', (count: number) => '"":'.repeat(count), 1],
    ['long numbers', (count: number) => '1234567890123456,'.repeat(count), 2],
    ['exponents', (count: number) => '1e9,'.repeat(count), 2],
    ['exponents with a capital letter', (count: number) => '-1.5E-9,'.repeat(count), 2],
    ['words', (count: number) => 'true,'.repeat(count), 1],
    ['long fractions', (count: number) => '1.23456789012345,'.repeat(count), 2],
  ])('ends at the limit for %s', (_what, of, weight) => {
    expect(isRefused(of(parts / weight))).toBe(false)
    expect(isRefused(of(parts / weight + 1))).toBe(true)
  })

  test('ends at the limit of lines', () => {
    expect(isRefused('\n'.repeat(lines))).toBe(false)
    expect(isRefused('\n'.repeat(lines + 1))).toBe(true)
  })

  test('leaves out what stands in strings, escaped quotes among it', () => {
    expect(isRefused(`{"a":"\\"${'{[:,1234567890123456'.repeat(parts)}\\\\"}`)).toBe(false)
    expect(isRefused(`{"a":"\\\\"${'{[:,'.repeat(parts)}`)).toBe(true)
  })

  test('is misled by no more than a line with a stray quote', () => {
    expect(isRefused(`"\n${'{}'.repeat(parts + 1)}`)).toBe(true)
  })

  test('is not hidden by escaped line breaks in a text that never ends', () => {
    expect(isRefused(`"${'\\\n'.repeat(lines + 1)}`)).toBe(true)
    expect(isRefused(`"\\\n${'{}'.repeat(parts + 1)}`)).toBe(true)
  })

  test('takes no letter of a form for an exponent', () => {
    const prose = 'See the tree here, 3 eels were there. '.repeat(20_000)
    const form = new URLSearchParams({ payload: JSON.stringify({ action: 'edited', text: prose }) }).toString()
    expect(isRefused(form)).toBe(false)
  })

  test('of any JSON reaches the number of its values and names', () => {
    fc.assert(
      fc.property(fc.json(), (one) => {
        const each = partsIn(parseJson(one))
        // Repeated until the limit is passed for certain.
        expect(isRefused(`[${Array.from({ length: Math.ceil((1.1 * parts) / each) + 2 }, () => one).join()}]`)).toBe(
          true,
        )
      }),
      { numRuns: 20 },
    )
  })
})
