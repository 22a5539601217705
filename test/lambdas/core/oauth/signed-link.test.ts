import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAttempt, readSigned, sign } from '../../../../lambdas/core/oauth/signed-link.ts'

const sourceId = fc.stringMatching(/^[a-z][a-z0-9-]{1,62}$/)
const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map(Number)
const key = fc.string({ minLength: 16 })
const purpose = fc.constantFrom('start' as const, 'state' as const)

test('a signed attempt is read back with its key and purpose, and with no other', () => {
  fc.assert(
    fc.property(sourceId, time, key, key, purpose, (id, now, own, other, made) => {
      const attempt = newAttempt(id, now)
      const text = sign(made, attempt, own)
      expect(readSigned(made, text, own)).toEqual(attempt)
      expect(readSigned(made === 'start' ? 'state' : 'start', text, own)).toBeUndefined()
      if (other !== own) expect(readSigned(made, text, other)).toBeUndefined()
    }),
  )
})

test('no character of it can be changed, left out or added', () => {
  const anyPlace = fc.nat().chain((at) => fc.record({ at: fc.constant(at), put: fc.string({ maxLength: 2 }) }))
  fc.assert(
    fc.property(sourceId, time, anyPlace, (id, now, { at, put }) => {
      const text = sign('start', newAttempt(id, now), 'a key of these tests')
      const place = at % text.length
      const changed = text.slice(0, place) + put + text.slice(place + 1)
      fc.pre(changed !== text)
      expect(readSigned('start', changed, 'a key of these tests')).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})

test('it can stand in an address as it is', () => {
  const text = sign('state', newAttempt('source-1', Date.parse('2026-01-15T12:00:00Z')), 'a key of these tests')
  expect(encodeURIComponent(text)).toBe(text)
})

test('attempts of the same moment differ', () => {
  const nonces = Array.from({ length: 100 }, () => newAttempt('source-1', 0).nonce)
  expect(new Set(nonces).size).toBe(100)
})
