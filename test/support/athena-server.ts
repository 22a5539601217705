import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { QueryResult } from '../../local/query/lake-query.ts'
import type { Plain } from '../../local/query/query-value.ts'
import { listenOnLoopback } from '../../simulators/shared/loopback-server.ts'

/** How the server answers; can be changed at any time. */
export interface AthenaBehaviour {
  /** The result of a statement; an error is Athena's reason for a failed query. */
  answer: (sql: string) => Promise<QueryResult>
  /** Name of the only workgroup. */
  workgroup: string
  /** How many looks at a query find it running. */
  looks: number
  /** Statements that never end. */
  hangs: (sql: string) => boolean
  /** Names of errors with which the next calls of any operation are refused. */
  refusals: string[]
  /** Most rows of a page, the names of the columns among them. */
  pageSize: number
}

interface Execution {
  readonly id: string
  readonly sql: string
  readonly database: string | undefined
  readonly result: Promise<QueryResult | Error>
  looked: number
  isStopped: boolean
}

const requestForm = z.object({
  QueryString: z.string().default(''),
  WorkGroup: z.string().optional(),
  QueryExecutionContext: z.object({ Database: z.string() }).optional(),
  ClientRequestToken: z.string().optional(),
  QueryExecutionId: z.string().optional(),
  NextToken: z.string().optional(),
})
type Request = z.infer<typeof requestForm>

class Refusal extends Error {
  readonly type: string
  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/**
 * Speaks Athena's protocol for four operations, as an independent reading of its reference:
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html
 */
export class AthenaServer {
  readonly url: string
  readonly behaviour: AthenaBehaviour
  readonly #executions = new Map<string, Execution>()

  private constructor(url: string, behaviour: AthenaBehaviour) {
    this.url = url
    this.behaviour = behaviour
  }

  /** Ends with the test. */
  static async start(behaviour: Partial<AthenaBehaviour> = {}): Promise<AthenaServer> {
    const { server, url } = await listenOnLoopback({}, (request, response) => {
      const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '')
      void json(request).then((body) => athena.#serve(operation, requestForm.parse(body), response))
    })
    const nothing = async () => ({ columns: [], rows: [] })
    const athena = new AthenaServer(url, {
      answer: nothing,
      workgroup: 'AuditLake',
      looks: 1,
      hangs: () => false,
      refusals: [],
      pageSize: 1_000,
      ...behaviour,
    })
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return athena
  }

  /** The statements that were started, in order. */
  get asked(): string[] {
    return [...this.#executions.values()].map(({ sql }) => sql)
  }

  /** The databases in which they were started. */
  get databases(): Set<string | undefined> {
    return new Set([...this.#executions.values()].map(({ database }) => database))
  }

  /** The statements that were cancelled. */
  get stopped(): string[] {
    return [...this.#executions.values()].filter(({ isStopped }) => isStopped).map(({ sql }) => sql)
  }

  /** Cancels every query, as another person would. */
  stopAll(): void {
    for (const execution of this.#executions.values()) execution.isStopped = true
  }

  async #serve(operation: string, request: Request, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(operation, request).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      return error
    })
    const body = answer instanceof Refusal ? { __type: answer.type, message: answer.message } : answer
    response
      .writeHead(answer instanceof Refusal ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(body))
  }

  async #answer(operation: string, request: Request): Promise<object> {
    const refusal = this.behaviour.refusals.shift()
    if (refusal !== undefined) throw new Refusal(refusal, 'refused')
    switch (operation) {
      case 'StartQueryExecution':
        return this.#start(request)
      case 'GetQueryExecution':
        return { QueryExecution: await this.#stateOf(this.#found(request)) }
      case 'GetQueryResults':
        return await this.#page(this.#found(request), Number(request.NextToken ?? 0))
      case 'StopQueryExecution':
        this.#found(request).isStopped = true
        return {}
      default:
        throw new Refusal('InvalidRequestException', `no operation ${operation}`)
    }
  }

  #start({ QueryString: sql, WorkGroup, QueryExecutionContext: context, ClientRequestToken }: Request): object {
    const { workgroup, answer } = this.behaviour
    if (WorkGroup !== workgroup) throw new Refusal('InvalidRequestException', 'WorkGroup is not found.')
    // The same token starts no second query.
    const id = ClientRequestToken ?? randomUUID()
    const result = answer(sql).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    const execution = { id, sql, database: context?.Database, result, looked: 0, isStopped: false }
    if (!this.#executions.has(id)) this.#executions.set(id, execution)
    return { QueryExecutionId: id }
  }

  #found({ QueryExecutionId: id = '' }: Request): Execution {
    const execution = this.#executions.get(id)
    if (!execution) throw new Refusal('InvalidRequestException', `QueryExecution ${id} was not found`)
    return execution
  }

  async #stateOf(execution: Execution): Promise<object> {
    const { looks, hangs } = this.behaviour
    if (execution.isStopped) return { Status: { State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' } }
    if (execution.looked++ < looks) return { Status: { State: execution.looked === 1 ? 'QUEUED' : 'RUNNING' } }
    if (hangs(execution.sql)) return { Status: { State: 'RUNNING' } }
    const result = await execution.result
    return result instanceof Error
      ? { Status: { State: 'FAILED', StateChangeReason: result.message } }
      : { Status: { State: 'SUCCEEDED' }, Statistics: { DataScannedInBytes: 1_234 } }
  }

  async #page({ sql, result }: Execution, from: number): Promise<object> {
    const found = await result
    if (found instanceof Error) throw new Refusal('InvalidRequestException', 'Query did not finish successfully')
    const named = /^\s*(select|with)\b/i.test(sql) ? [found.columns] : []
    const rows = [...named, ...found.rows].map((row) => ({ Data: row.map(datum) }))
    const to = from + this.behaviour.pageSize
    const columns = found.columns.map((Name, index) => ({ Name, Type: typeOf(found.rows[0]?.[index] ?? null) }))
    return {
      ResultSet: { ResultSetMetadata: { ColumnInfo: columns }, Rows: rows.slice(from, to) },
      ...(to < rows.length && { NextToken: String(to) }),
    }
  }
}

function typeOf(value: Plain): string {
  if (typeof value === 'number') return 'bigint'
  return typeof value === 'boolean' ? 'boolean' : 'varchar'
}

/** Values are texts; null has none. */
function datum(value: Plain): object {
  if (value === null) return {}
  if (typeof value !== 'string') return { VarCharValue: JSON.stringify(value) }
  return { VarCharValue: /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? value.replace('T', ' ').slice(0, -1) : value }
}
