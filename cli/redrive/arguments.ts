import { parseArgs } from 'node:util'
import type { RedriveJob } from '../../lambdas/core/redrive/job.ts'
import { installationOptions } from '../installation.ts'
import { parseTime } from '../jobs/window.ts'
import type { RedriveOrder } from './order.ts'

/** Most dead letters in a second that can be asked for. */
const mostPerSecond = 1_000

/** Options of one kind alone. */
const optionsOf: Readonly<Record<RedriveJob['kind'], readonly string[]>> = {
  failures: ['log-type'],
  'dead-letters': ['queue', 'per-second'],
}

/** @throws when the command line is invalid */
export function parseRedriveArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...installationOptions,
      since: { type: 'string' },
      source: { type: 'string' },
      reason: { type: 'string' },
      'log-type': { type: 'string' },
      queue: { type: 'string' },
      'per-second': { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      cancel: { type: 'boolean', default: false },
      'no-wait': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const [kind, ...more] = positionals
  if ((kind !== 'failures' && kind !== 'dead-letters') || more.length > 0) {
    throw new Error('Say what to send back: npm run redrive -- failures, or npm run redrive -- dead-letters.')
  }
  const strange = Object.keys(values).find((name) =>
    Object.entries(optionsOf).some(([other, names]) => other !== kind && names.includes(name)),
  )
  if (strange !== undefined) throw new Error(`--${strange} does not go with ${kind}. --help lists the options.`)
  const {
    since,
    source,
    reason,
    queue,
    'log-type': logType,
    'per-second': perSecond,
    data,
    'ops-bucket': bucket,
  } = values
  const order: RedriveOrder = {
    kind,
    dryRun: values['dry-run'],
    ...(since !== undefined && { since: parseTime(since, '--since') }),
    ...(source !== undefined && { source }),
    ...(reason !== undefined && { reason }),
    ...(logType !== undefined && { logType }),
    ...(queue !== undefined && { queue }),
    ...(perSecond !== undefined && { perSecond: parseRate(perSecond) }),
  }
  return {
    order,
    json: values.json,
    cancel: values.cancel,
    /** Whether to stay until the job is through. */
    wait: !values['no-wait'],
    installation: { data, 'ops-bucket': bucket },
  }
}

function parseRate(text: string): number {
  const rate = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && rate > 0 && rate <= mostPerSecond) return rate
  throw new Error(`--per-second ${text} is not a number above 0 and up to ${mostPerSecond}.`)
}
