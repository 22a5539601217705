import type { Faults } from '../local/aws/gateway/faults.ts'

/** Calls to the stores, by the actions that AWS charges for. */
export interface StoreCalls {
  readonly puts: number
  readonly gets: number
  readonly lists: number
  readonly sends: number
  readonly receives: number
  /** Batches of messages removed from a queue. */
  readonly removes: number
  /** Secrets read. */
  readonly secrets: number
}

const actions: Readonly<Record<keyof StoreCalls, string>> = {
  puts: 's3:PutObject',
  gets: 's3:GetObject',
  lists: 's3:ListBucket',
  sends: 'sqs:SendMessage',
  receives: 'sqs:ReceiveMessage',
  removes: 'sqs:DeleteMessage',
  secrets: 'secretsmanager:GetSecretValue',
}

/**
 * Counts a function's calls from now on. Every call passes the faults of the local run, and a delay of no length
 * changes none of them.
 * @param principal name of the function
 * @returns the calls since the last time it was called
 */
export function storeCallCounter(faults: Faults, principal: string): () => StoreCalls {
  const since = (action: string) => {
    const watch = faults.add({ principal, action, kind: 'slow' })
    let before = 0
    return () => {
      const calls = watch.hits - before
      before = watch.hits
      return calls
    }
  }
  const counters = Object.entries(actions).map(([kind, action]) => [kind, since(action)] as const)
  return () => Object.fromEntries(counters.map(([kind, count]) => [kind, count()])) as Record<keyof StoreCalls, number>
}
