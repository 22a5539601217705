import { expect, onTestFinished, test, vi } from 'vitest'
import { countSynthesis, synthesesVariable } from '../../local/template/synthesis.ts'
import { setup } from './syntheses.ts'

test.each([
  [0, undefined],
  [6, undefined],
  [7, 1],
])('a run of all tests with %i syntheses has exit status %s', (count, status) => {
  const { [synthesesVariable]: counted } = process.env
  const { exitCode } = process
  onTestFinished(() => {
    process.env[synthesesVariable] = counted
    process.exitCode = exitCode
    vi.restoreAllMocks()
  })
  const print = vi.spyOn(console, 'log').mockImplementation(() => {})
  process.exitCode = undefined
  const end = setup()
  for (let n = 0; n < count; n++) countSynthesis('settings.yaml')
  end()
  expect(process.exitCode).toBe(status)
  expect(print).toHaveBeenCalledWith(`syntheses of the stack: ${count}, at most 6`)
})
