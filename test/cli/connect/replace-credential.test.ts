import { describe, expect, test } from 'vitest'
import type { FoundCheck } from '../../../cli/ask-for-checks.ts'
import { replaceCredential } from '../../../cli/connect/replace-credential.ts'

const works: FoundCheck = { stream: 'a.b', ok: true }
const refused: FoundCheck = { stream: 'a.b', ok: false, fault: 'scope' }

/** A secret, and a function that answers as told. */
function world(
  former: string | undefined,
  check: (stored: () => string | undefined) => Promise<readonly FoundCheck[]>,
) {
  let value = former
  let replaced: string | undefined
  const put = (credential: string) => {
    replaced = value
    value = credential
  }
  const stored: string[] = []
  const before: string[] = []
  const notes: string[] = []
  const leaving = new AbortController()
  const ports = {
    read: async () => value,
    readReplaced: async () => replaced,
    store: async (credential: string) => {
      for (const renewed of before.splice(0)) put(renewed)
      put(credential)
      stored.push(credential)
    },
    check: () => check(() => value),
  }
  return {
    stored,
    notes,
    leaving,
    value: () => value,
    renew: put,
    /** A function stores what it has renewed just before the next credential is stored. */
    renewBefore: (renewed: string) => before.push(renewed),
    replace: (credential: string, keep = false) =>
      replaceCredential(ports, credential, {
        report: () => {},
        note: (text) => notes.push(text),
        keep: async () => keep,
        signal: leaving.signal,
      }),
  }
}

test('is stored before it is checked, because the function reads the secret', async () => {
  const { replace, value } = world('old', async (stored) => [stored() === 'new' ? works : refused])
  expect(await replace('new')).toBe(true)
  expect(value()).toBe('new')
})

test('one stream that refuses it is enough to put the former one back', async () => {
  const { replace, stored, notes } = world('old', async () => [works, refused])
  expect(await replace('new')).toBe(false)
  expect(stored).toEqual(['new', 'old'])
  expect(notes).toEqual(['The former credential is back in the secret.'])
})

test('the operator can keep it', async () => {
  const { replace, stored } = world('old', async () => [refused])
  expect(await replace('new', true)).toBe(false)
  expect(stored).toEqual(['new'])
})

test.each([
  ['an empty secret', undefined, ['new']],
  ['the same credential', 'new', []],
])('%s has no former one to put back', async (_, former, written) => {
  const { replace, stored } = world(former, async () => [refused])
  expect(await replace('new')).toBe(false)
  expect(stored).toEqual(written)
})

test('what a function has renewed in the meantime stays, and is not called the former one', async () => {
  const { replace, renew, value, notes } = world('old', async () => {
    renew('renewed')
    return [refused]
  })
  await replace('new')
  expect(value()).toBe('renewed')
  expect(notes).toEqual(['The secret holds another credential by now, which stays.'])
})

test('what a function has renewed at the last moment is put back, because the one before it works no more', async () => {
  const { replace, renewBefore, value, notes } = world('old', async () => [refused])
  renewBefore('renewed')
  await replace('new')
  expect(value()).toBe('renewed')
  expect(notes).toEqual(['The former credential is back in the secret.'])
})

describe('without a check the former one is put back', () => {
  test('when the function fails', async () => {
    const { replace, value } = world('old', () => Promise.reject(new Error('it failed.')))
    await expect(replace('new')).rejects.toThrow(/^The credential could not be checked: it failed\. The former/)
    expect(value()).toBe('old')
  })

  test('when the operator leaves while it is checked', async () => {
    const { replace, value, leaving } = world('old', () => {
      leaving.abort()
      return new Promise(() => {})
    })
    await expect(replace('new')).rejects.toThrow(/interrupted\. The former credential is back/)
    expect(value()).toBe('old')
  })
})
