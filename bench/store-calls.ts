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

/**
 * Counts a function's calls from now on. Every call passes the faults of the local run, and a delay of no length changes
 * none of them.
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
  const counters = {
    puts: since('s3:PutObject'),
    gets: since('s3:GetObject'),
    lists: since('s3:ListBucket'),
    sends: since('sqs:SendMessage'),
    receives: since('sqs:ReceiveMessage'),
    removes: since('sqs:DeleteMessage'),
    secrets: since('secretsmanager:GetSecretValue'),
  }
  return () => ({
    puts: counters.puts(),
    gets: counters.gets(),
    lists: counters.lists(),
    sends: counters.sends(),
    receives: counters.receives(),
    removes: counters.removes(),
    secrets: counters.secrets(),
  })
}
