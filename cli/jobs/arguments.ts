import { parseArgs } from 'node:util'
import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { installationOptions } from '../installation.ts'
import { parseTime } from './window.ts'

/** The arguments of a job command. */
export type JobArguments = ReturnType<typeof parseJobArguments>

/** @throws when the command line is invalid */
export function parseJobArguments(kind: Job['kind'], args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...installationOptions,
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
      cancel: { type: 'boolean', default: false },
      'no-wait': { type: 'boolean', default: false },
      // A reconcile has no dry run, because finding missing events takes reading everything.
      ...(kind !== 'reconcile' && { 'dry-run': { type: 'boolean', default: false } }),
    },
    allowPositionals: true,
  })
  const { json, cancel, 'dry-run': dryRun = false, 'no-wait': leave, from, to, ...installation } = values
  const [source, ...more] = positionals
  if (source === undefined || more.length > 0) {
    throw new Error(`Name one source: npm run ${kind} -- SOURCE --from TIME. --help lists the options.`)
  }
  if (from === undefined && !cancel) throw new Error('Say with --from TIME where to begin. --help lists the options.')
  return {
    source,
    /** Without `from` only when a job is taken back. */
    order: {
      kind,
      from: from === undefined ? undefined : parseTime(from, '--from'),
      to: to === undefined ? undefined : parseTime(to, '--to'),
      dryRun: dryRun === true,
    },
    json,
    cancel,
    /** Whether to stay until the job is through. */
    wait: !leave,
    installation,
  }
}
