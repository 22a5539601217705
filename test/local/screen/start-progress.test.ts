import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showStart } from '../../../local/screen/start-progress.ts'
import { rememberingScreen } from '../../support/screen.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('without a terminal each step is a line', () => {
  const { stream, written } = rememberingScreen({ isTTY: false })
  const progress = showStart(stream, {})
  progress.step('Bundling Writer')
  vi.advanceTimersByTime(60_000)
  progress.step('Starting')
  progress.stop()
  expect(written()).toBe('Bundling Writer ...\nStarting ...\n')
})

test('on a terminal one line shows step and time until the start ends', () => {
  const { stream, written } = rememberingScreen({ isTTY: true })
  const progress = showStart(stream, {})
  progress.step('Bundling Writer')
  vi.advanceTimersByTime(3_000)
  expect(stripVTControlCharacters(written()).trim().split('\n').at(-1)).toBe('Bundling Writer ... 3 s')
  progress.stop()
  const end = written()
  // The line is erased.
  expect(end).toContain('\u001b[2K')
  vi.advanceTimersByTime(10_000)
  expect(written()).toBe(end)
})
