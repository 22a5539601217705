import type { Faults } from '../local/aws/gateway/faults.ts'

/** Calls to the stores, by the actions that AWS charges for. */
export interface StoreCalls {
  readonly puts: number
  readonly gets: number
  readonly lists: number
  readonly sends: number
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
  const puts = since('s3:PutObject')
  const gets = since('s3:GetObject')
  const lists = since('s3:ListBucket')
  const sends = since('sqs:SendMessage')
  return () => ({ puts: puts(), gets: gets(), lists: lists(), sends: sends() })
}
