import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { onTestFinished, vi } from 'vitest'
import { isObject, type JsonObject } from '../../local/json.ts'

const levels = ['log', 'info', 'warn', 'error', 'debug'] as const

/** What a function would write: a logger and metrics whose lines are kept until the test ends. */
export function listen() {
  // Writes to the console of this process, which in turn switches metrics off unless told otherwise.
  vi.stubEnv('POWERTOOLS_DEV', 'true')
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false')
  const lines: JsonObject[] = []
  const spies = levels.map((level) =>
    vi.spyOn(console, level).mockImplementation((line: unknown) => {
      const parsed: unknown = JSON.parse(String(line))
      if (isObject(parsed)) lines.push(parsed)
    }),
  )
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  })
  const isMetric = (line: JsonObject) => '_aws' in line
  return {
    logger: new Logger(),
    metrics: new Metrics({ namespace: 'AuditLake', serviceName: 'test' }),
    lines,
    /** The metrics' lines without what all have. */
    measured: () => lines.filter(isMetric).map(({ _aws, service: _service, ...values }) => values),
    logged: () => lines.filter((line) => !isMetric(line)).map(({ level, message }) => [level, message]),
  }
}
