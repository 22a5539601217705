import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSourceId } from '../../../lambdas/core/source-id.ts'
import { settingsSchema } from '../../../settings/settings-form.ts'

const isInSettings = (id: string): boolean => {
  const { error } = settingsSchema.safeParse({ sources: [{ id, type: 'hex-webhook', label: 'L', header: 'X-A' }] })
  return error === undefined
}

test('an id is one for the functions exactly if it is one in the settings', () => {
  const letters = fc.constantFrom(...'ab09-_A. \nü')
  const id = fc.string({ unit: letters, maxLength: 70 })
  fc.assert(
    fc.property(
      fc.oneof(
        id,
        id.map((rest) => `a${rest}`),
      ),
      (one) => isSourceId(one) === isInSettings(one),
    ),
  )
  expect([isSourceId('ab'), isSourceId('a'), isSourceId(`a${'b'.repeat(63)}`), isSourceId(7)]).toEqual([
    true,
    false,
    false,
    false,
  ])
})
