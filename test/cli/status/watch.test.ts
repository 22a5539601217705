import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Status } from '../../../cli/status/collect.ts'
import { watchStatus } from '../../../cli/status/watch.ts'
import { rememberingScreen } from '../../support/screen.ts'

const statusOf = (openFailures: number, needPerson: number, count = 1): Status => ({
  now: 0,
  sources: Array.from({ length: count }, (_, index) => ({
    source: `source-${index}`,
    type: 't',
    feed: 'webhook' as const,
    credential: 'unknown' as const,
    openFailures: 0,
    deadLetters: 0,
    standing: { word: 'working' as const, needsPerson: false },
  })),
  jobs: [],
  totals: {
    sources: 1,
    needPerson,
    openFailures,
    deadLetters: 0,
    deadLettersOfUnknownSource: 0,
    deadLetterReasonsOfUnknownSource: {},
  },
})

test('draws each look in place of the one before, goes on after one that fails, and ends with the signal', async () => {
  const { stream, written } = rememberingScreen({ isTTY: true })
  const stopping = new AbortController()
  const looks = [
    async () => ({ status: statusOf(1, 1) }),
    () => Promise.reject(new Error('The local run is still starting')),
    async () => {
      stopping.abort()
      return { status: statusOf(3, 0) }
    },
  ]
  const look = () => looks.shift()?.() ?? Promise.reject(new Error('it goes on after its end'))
  const code = await watchStatus(look, { all: false, signal: stopping.signal, stream, env: {}, periodMs: 1 })
  expect(code).toBe(0)
  const shown = stripVTControlCharacters(written())
  for (const text of ['1 open failure', 'The local run is still starting', '3 open failures'])
    expect(shown).toContain(text)
  expect(shown).not.toContain('after its end')
})

test('shows the beginning of what is longer than the screen', async () => {
  const { stream, written } = rememberingScreen({ isTTY: true })
  const stopping = new AbortController()
  const look = async () => {
    stopping.abort()
    return { status: statusOf(0, 1, 40) }
  }
  expect(await watchStatus(look, { all: false, signal: stopping.signal, stream, env: {} })).toBe(1)
  const lines = stripVTControlCharacters(written()).trimEnd().split('\n')
  expect(lines).toHaveLength(23)
  expect(lines[0]).toContain('1 needs a person')
  expect(lines.at(-1)).toBe('(21 more lines: npm run status)')
})
