import { describe, expect, test } from 'vitest'
import { TransientError } from '../../../../lambdas/core/errors.ts'
import { createCredentials } from '../../../../lambdas/core/webhook/credentials.ts'

const hour = 3_600_000
const [oldKey, newKey] = ['an old key of some length', 'a new key of some length']

/** A secret, a clock and a count of reads. */
function secret(previousHours = 24) {
  const state = {
    now: 1_780_000_000_000,
    current: { value: newKey, createdAt: 1_780_000_000_000 } as { value: string; createdAt: number } | undefined,
    previous: { value: oldKey, createdAt: 0 } as { value: string; createdAt: number } | undefined,
    down: false,
    reads: 0,
  }
  const credentials = createCredentials({
    previousHours,
    now: () => state.now,
    store: {
      async read(_id, label) {
        if (state.down) throw new TransientError('down')
        if (label === 'AWSPREVIOUS') return state.previous
        state.reads++
        return state.current
      },
    },
  })
  return { state, keys: () => credentials.keys('id'), reread: () => credentials.reread('id') }
}

describe('the previous secret', () => {
  test.each([
    [24, 0, [newKey, oldKey]],
    [24, 24 * hour - 1, [newKey, oldKey]],
    [24, 24 * hour, [newKey]],
    [1, hour, [newKey]],
    [0, 0, [newKey]],
  ])('with %i hours, %i ms after the change', async (hours, after, expected) => {
    const { state, keys } = secret(hours)
    state.now += after
    expect(await keys()).toEqual(expected)
  })

  test('may be missing, and does not count if it is not a valid key', async () => {
    const { state, keys } = secret()
    state.previous = undefined
    expect(await keys()).toEqual([newKey])
    const other = secret()
    other.state.previous = { value: 'short', createdAt: 0 }
    expect(await other.keys()).toEqual([newKey])
  })
})

test.each([
  '',
  ' '.repeat(20),
  'fifteen letters',
  'PLACEHOLDER-to-be-filled',
  'please-replace-me-soon',
  'change_this_value_now',
  '<the signing secret>',
  '{"secret":"stored as a pair"}',
])('%j is never a key', async (value) => {
  const { state, keys } = secret()
  state.current = { value, createdAt: state.now }
  await expect(keys()).rejects.toThrow(TransientError)
})

test('a secret without a value is our own fault', async () => {
  const { state, keys } = secret()
  state.current = undefined
  await expect(keys()).rejects.toThrow(/no value/)
})

describe('the cache', () => {
  test('keeps keys for five minutes', async () => {
    const { state, keys } = secret()
    await keys()
    state.now += 5 * 60_000 - 1
    await keys()
    expect(state.reads).toBe(1)
    state.now += 1
    await keys()
    expect(state.reads).toBe(2)
  })

  test('a key that does not match causes a new read at once, then at most one in 30 seconds', async () => {
    const { state, keys, reread } = secret()
    await keys()
    state.now += 1
    state.current = { value: 'the very newest key', createdAt: state.now }
    state.previous = { value: newKey, createdAt: 0 }
    expect(await reread()).toEqual(['the very newest key', newKey])
    state.now += 29_999
    expect(await reread()).toBeUndefined()
    expect(await keys()).toEqual(['the very newest key', newKey])
    state.now += 1
    expect(await reread()).toEqual(['the very newest key', newKey])
    expect(state.reads).toBe(3)
  })

  test('during an outage of the secret store, known keys still count for an hour', async () => {
    const { state, keys, reread } = secret()
    await keys()
    state.down = true
    state.now += hour - 1
    expect(await keys()).toEqual([newKey, oldKey])
    await expect(reread()).rejects.toThrow(TransientError)
    state.now += 1
    await expect(keys()).rejects.toThrow(TransientError)
  })

  test('a withdrawn secret counts no longer than the cache', async () => {
    const { state, keys } = secret()
    await keys()
    state.current = { value: 'placeholder for now', createdAt: state.now }
    state.now += 5 * 60_000
    await expect(keys()).rejects.toThrow(/placeholder/)
    state.down = true
    await expect(keys()).rejects.toThrow(TransientError)
  })

  test('ignores a line break at the end of a key', async () => {
    const { state, keys } = secret(0)
    state.current = { value: `${newKey}\n`, createdAt: state.now }
    expect(await keys()).toEqual([newKey])
  })

  test('does not keep a failed read', async () => {
    const { state, keys } = secret()
    state.down = true
    await expect(keys()).rejects.toThrow(TransientError)
    state.down = false
    expect(await keys()).toEqual([newKey, oldKey])
  })
})
