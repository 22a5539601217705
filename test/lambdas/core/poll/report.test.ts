import { expect, test } from 'vitest'
import { createReport } from '../../../../lambdas/core/poll/report.ts'
import type { RunResult } from '../../../../lambdas/core/poll/run-types.ts'
import { listen } from '../../../support/said.ts'

function reporting() {
  const { logger, metrics, ...said } = listen()
  return { ...said, report: createReport('log', 'github.audit', logger, metrics) }
}

const idle: RunResult = { outcome: 'done', stretched: false, readUntil: Date.now() }
const names = (line: object | undefined) => Object.keys(line ?? {}).sort()

test('an idle minute is one metric, and a minute in which nothing is known none', () => {
  const { report, measured } = reporting()
  report.live(idle)
  report.past({ swept: [], jobs: [] })
  report.live({ outcome: 'busy', stretched: false })
  expect(measured().map(names)).toEqual([['SecondsBehind', 'source', 'stream']])
})

test('an error is counted each minute while it lasts, with its kind and what to do', () => {
  const { report, measured } = reporting()
  report.live({ ...idle, outcome: 'waiting', last: { at: 0, outcome: 'credentials', detail: 'put in a new token' } })
  expect(measured()).toMatchObject([{ PollErrors: 1, kind: 'credentials', detail: 'put in a new token' }])
})

test('whatever happens, a source has five metrics at most', () => {
  const { report, measured } = reporting()
  const states = ['transient', 'credentials', 'configuration', 'internal'] as const
  for (const outcome of states) report.live({ ...idle, outcome, restored: 'corrupt', stretched: true })
  report.past({ swept: [], jobs: [], error: new Error('down') })
  const facts = ['source', 'stream', 'kind', 'detail', 'warnings']
  const found = new Set(
    measured()
      .flatMap(names)
      .filter((name) => !facts.includes(name)),
  )
  expect([...found].sort()).toEqual(['PollErrors', 'PollWarnings', 'SecondsBehind'])
  expect(measured()[0]).toMatchObject({ PollWarnings: 2, warnings: 'restored stretched' })
})
