import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createDisplay } from '../../../cli/connect/display.ts'
import { type Keyboard, readHidden, readYes } from '../../../cli/connect/keyboard.ts'
import { personAt } from '../../../cli/connect/person.ts'
import { rememberingScreen } from '../../support/screen.ts'

function keyboard(): Keyboard & { readonly raw: boolean[]; write(text: string): unknown } {
  const raw: boolean[] = []
  const setRawMode = (on: boolean) => raw.push(on)
  return Object.assign(new PassThrough(), { isTTY: true, raw, setRawMode })
}

async function typed(...chunks: readonly string[]): Promise<string | undefined> {
  const keys = keyboard()
  const read = readHidden(keys)
  for (const chunk of chunks) keys.write(chunk)
  const text = await read
  expect(keys.raw).toEqual([true, false])
  return text
}

describe('a hidden text', () => {
  test.each([
    ['ends with Enter', ['abc\r'], 'abc'],
    ['comes in any pieces', ['a', 'b', 'c', '\r'], 'abc'],
    ['can be corrected', ['abd\x7fc\r'], 'abc'],
    ['can be begun anew', ['wrong\x15abc\r'], 'abc'],
    ['is without the marks of a paste and the keys beside it', ['\x1b[200~abc\x1b[201~\x1b[D\r'], 'abc'],
    ['can be JSON of several lines', ['{"a":\r  "b"\r', '}\r'], '{"a":\n  "b"\n}'],
    ['ends with an empty line where JSON is broken', ['{"a":\r\r'], '{"a":\n'],
    ['is longer than a line of the terminal takes', [`${'x'.repeat(20_000)}\r`], 'x'.repeat(20_000)],
    ['is nothing after Ctrl-C', ['abc\x03'], undefined],
    ['is nothing after Ctrl-D at its beginning', ['\x04'], undefined],
  ])('%s', async (_, chunks, expected) => expect(await typed(...chunks)).toBe(expected))
})

test.each([
  ['y', true],
  ['Y', true],
  ['n', false],
  ['\r', false],
  ['\x03', false],
])('the key %j is a yes: %s', async (key, expected) => {
  const keys = keyboard()
  const answer = readYes(keys)
  keys.write(key)
  expect(await answer).toBe(expected)
})

test('nothing of a credential reaches the screen', async () => {
  const screen = rememberingScreen({ isTTY: true })
  const keys = keyboard()
  const asked = personAt(keys, createDisplay(screen.stream, {})).askFor('the credential')
  keys.write('ghp_private\r')
  expect(await asked).toBe('ghp_private')
  expect(screen.written()).toContain('Paste the credential')
  expect(screen.written()).not.toContain('private')
})
