import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { type QueryRows, readRows } from './rows.ts'

/** Where queries run: names of the workgroup and the database. */
export interface AthenaPlace {
  readonly workgroup: string
  readonly database: string
}

export interface QueryOptions {
  /** Cancels the query. */
  readonly signal?: AbortSignal | undefined
  /** Longest wait for the end of the query, in milliseconds, after which it is cancelled. @default 10 minutes */
  readonly limitMs?: number | undefined
}

export interface QueryRun extends QueryRows {
  /** What Athena charges for, which is 10 MB at least. */
  readonly scannedBytes: number
}

/** Runs a statement. @throws {QueryFailed} when Athena took it and it gave no result */
export type RunQuery = (sql: string, options?: QueryOptions) => Promise<QueryRun>

/** A query without a result. The message is Athena's reason, which can quote names and values. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed'
}

/** Pauses between two looks at a query, in milliseconds. */
const firstPauseMs = 200
const longestPauseMs = 3_000

/**
 * Runs one statement and waits for its end. It is cancelled when the wait ends early.
 * @throws {QueryFailed} with Athena's reason, or at the time limit
 * @throws {Error} when the signal came
 * @throws the SDK's error when Athena takes no query, or cannot be asked
 */
export async function runQuery(
  client: AthenaClient,
  { workgroup, database }: AthenaPlace,
  sql: string,
  { signal, limitMs = 600_000 }: QueryOptions = {},
): Promise<QueryRun> {
  if (signal?.aborted) throw interrupted()
  // Not to be aborted: a query that was started but has no id here could not be cancelled.
  const { QueryExecutionId: id } = await client.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
    }),
  )
  const limit = AbortSignal.timeout(limitMs)
  const ended = await endOf(client, id, AbortSignal.any(signal ? [signal, limit] : [limit])).catch(
    async (cause: unknown) => {
      const left = await cancel(client, id)
      if (signal?.aborted) throw interrupted(cause, left)
      if (limit.aborted) {
        throw new QueryFailed(`no result after ${Math.round(limitMs / 1_000)} seconds.${left}`, { cause })
      }
      throw left === '' ? cause : new Error(`${reasonOf(cause)}.${left}`, { cause })
    },
  )
  if (ended.Status?.State !== 'SUCCEEDED') throw new QueryFailed(reasonFor(ended))
  const rows = await readRows(client, id, signal).catch((cause: unknown) => {
    throw signal?.aborted ? interrupted(cause) : cause
  })
  return { ...rows, scannedBytes: ended.Statistics?.DataScannedInBytes ?? 0 }
}

const interrupted = (cause?: unknown, left = '') => new Error(`the command was interrupted.${left}`, { cause })

/** https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecutionStatus.html */
const endings: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED'])

async function endOf(client: AthenaClient, id: string | undefined, signal: AbortSignal): Promise<QueryExecution> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const { QueryExecution: execution = {} } = await client.send(
      new GetQueryExecutionCommand({ QueryExecutionId: id }),
      { abortSignal: signal },
    )
    if (endings.has(execution.Status?.State ?? '')) return execution
    await sleep(pauseMs, undefined, { signal })
  }
}

/** @returns what is left to do, or nothing */
async function cancel(client: AthenaClient, id: string | undefined): Promise<string> {
  try {
    await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }))
    return ''
  } catch {
    return ` The query still runs: aws athena stop-query-execution --query-execution-id ${id}`
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))

function reasonFor({ Status: status = {} }: QueryExecution): string {
  const { State: state, StateChangeReason: reason = '', AthenaError: { ErrorMessage: error = '' } = {} } = status
  return reason || error || `the query ended as ${state}, without a reason`
}
