import { type AthenaClient, GetQueryResultsCommand, type Row as SdkRow } from '@aws-sdk/client-athena'

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
  const pageAt = async (token?: string) => {
    const { ResultSet: page = {}, NextToken: next } = await client.send(
      new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }),
      { ...(signal && { abortSignal: signal }) },
    )
    return { page, next }
  }
  const first = await pageAt()
  const columns = (first.page.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name: name = '', Type: type = '' }) => ({
    name,
    type,
  }))
  async function* rows(): AsyncGenerator<QueryRow> {
    const [head, ...others] = (first.page.Rows ?? []).map(valuesOf)
    // The names of the columns are the first row of a query's result, but not of that of other statements.
    if (head && !columns.every(({ name }, index) => head[index] === name)) yield head
    yield* others
    for (let next = first.next; next !== undefined; ) {
      const following = await pageAt(next)
      yield* (following.page.Rows ?? []).map(valuesOf)
      next = following.next
    }
  }
  return { columns, rows: rows() }
}

const valuesOf = ({ Data: data = [] }: SdkRow): QueryRow => data.map(({ VarCharValue: value }) => value ?? null)
