import { type AthenaClient, paginateGetQueryResults, type Row as SdkRow } from '@aws-sdk/client-athena'

export interface QueryColumn {
  readonly name: string
  /** Athena's name of the type, such as `varchar`, `bigint` or `timestamp`. */
  readonly type: string
}

/** The values of a row, in Athena's text of their type; null for SQL's null. */
export type QueryRow = readonly (string | null)[]

export interface QueryRows {
  readonly columns: readonly QueryColumn[]
  /** Fetched page by page while they are read, once. */
  readonly rows: AsyncIterable<QueryRow>
}

/**
 * The result of a query that succeeded.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 */
export async function readRows(client: AthenaClient, id: string | undefined, signal?: AbortSignal): Promise<QueryRows> {
  const pages = paginateGetQueryResults(
    { client },
    { QueryExecutionId: id },
    { ...(signal && { abortSignal: signal }) },
  )
  const { ResultSet: first = {} } = (await pages.next()).value ?? {}
  const columns = (first.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name: name = '', Type: type = '' }) => ({
    name,
    type,
  }))
  async function* rows(): AsyncGenerator<QueryRow> {
    const [head, ...others] = (first.Rows ?? []).map(valuesOf)
    // The names of the columns are the first row of a query's result, but not of that of other statements.
    if (head && !columns.every(({ name }, index) => head[index] === name)) yield head
    yield* others
    for await (const { ResultSet: page = {} } of pages) yield* (page.Rows ?? []).map(valuesOf)
  }
  return { columns, rows: rows() }
}

const valuesOf = ({ Data: data = [] }: SdkRow): QueryRow => data.map(({ VarCharValue: value }) => value ?? null)
