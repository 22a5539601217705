import { Logger } from '@aws-lambda-powertools/logger'
import { expect, test, vi } from 'vitest'
import { AuthError, StoreError } from '../../../../lambdas/core/errors.ts'
import { reportConsent } from '../../../../lambdas/core/oauth/report.ts'

function logged(answer: Parameters<typeof reportConsent>[0]): string {
  const logger = new Logger()
  const lines: unknown[] = []
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(logger, level).mockImplementation((...line) => void lines.push(line))
  }
  reportConsent(answer, logger)
  return JSON.stringify(lines)
}

test('a request is logged by source and outcome', () => {
  expect(logged({ outcome: 'stored', sourceId: 'log' })).toMatch(/"outcome":"stored".*"source":"log"/)
})

test('an error is logged by its name and that of its cause, because messages can quote codes and tokens', () => {
  const cause = new StoreError('token-0123456789', { cause: new TypeError('token-0123456789') })
  const line = logged({ outcome: 'store_down', sourceId: 'log', cause })
  expect(line).toContain('StoreError, because of TypeError')
  expect(line).not.toContain('token-')
  expect(logged({ outcome: 'refused', sourceId: 'log', cause: new AuthError('token-0123456789') })).not.toContain(
    'token-',
  )
})

test('where the browser goes on holds the state, and is not logged', () => {
  const line = logged({ outcome: 'started', sourceId: 'log', location: 'https://provider.example/?state=secret' })
  expect(line).toContain('started')
  expect(line).not.toContain('provider.example')
})
