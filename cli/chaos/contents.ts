import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { parseEvent } from '../../lambdas/core/normalize/event.ts'
import { renderEvent, sameEvent } from '../../lambdas/core/normalize/render.ts'
import { Lake } from '../../local/query/lake-query.ts'
import type { Plain } from '../../local/query/query-value.ts'
import { rowObject } from '../../local/query/row-object.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { logSchemas } from '../../schemas/generated/index.ts'
import { wholeRow, wholeRowSql } from '../whole-row.ts'
import type { SourceLog } from './source-log.ts'

/** What rows hold, against what was shown. */
export interface Contents {
  /** Rows that were compared with their event. */
  readonly compared: number
  /** Log and id of the rows that do not hold it. */
  readonly changed: readonly string[]
  /** Logs with events of which no row was compared. */
  readonly untouched: readonly string[]
}

/**
 * Makes the event of each row again and compares it with the one that the provider has shown: the law of `npm run
 * normalize -- --prove`, here over everything that killed functions, merges and repeated deliveries have left.
 * @param data the data folder of the run
 */
export async function compareContents(
  data: string,
  logs: readonly SourceLog[],
  signal?: AbortSignal,
): Promise<Contents> {
  const lake = await Lake.open(data)
  const changed: string[] = []
  const untouched: string[] = []
  let compared = 0
  try {
    for (const log of logs) {
      // One log after the other, because of the memory that its events take.
      const events = await log.events?.()
      if (events === undefined) continue
      const before = compared
      for await (const [id, isSame] of comparedRows(lake, log, events)) {
        signal?.throwIfAborted()
        compared++
        if (!isSame) changed.push(`${log.table} ${id}`)
      }
      if (compared === before) untouched.push(`${log.source} (${log.table})`)
    }
  } finally {
    lake.close()
  }
  return { compared, changed, untouched }
}

/** The ids of the rows of a log whose event is known, and whether each holds it. */
async function* comparedRows(
  lake: Lake,
  { source, table, id }: SourceLog,
  events: ReadonlyMap<string, string>,
): AsyncGenerator<readonly [id: string, isSame: boolean]> {
  const schema = logSchemas.find((one) => one.table === table)
  if (schema === undefined) throw new TypeError(`there is no table ${table}`)
  const { columns, chunks } = await lake.stream(
    `SELECT ${id} AS "event id", ${wholeRowSql(schema).join(', ')} FROM ${table} WHERE p_source_id = ${quotedText(source)}`,
  )
  for await (const { count, row } of chunks) {
    for (let index = 0; index < count; index++) {
      const found = rowObject(columns, row(index))
      const eventId = String(found['event id'])
      const text = events.get(eventId)
      // Rows that the provider never showed are counted elsewhere.
      if (text !== undefined) yield [eventId, holds(schema, found, text)]
    }
  }
}

/** Whether a row holds an event; one that cannot even be read does not. */
function holds(schema: LogSchema, found: Readonly<Record<string, Plain>>, text: string): boolean {
  const event = parseEvent(Buffer.from(text))
  try {
    return sameEvent(schema, event, renderEvent(schema, wholeRow(schema, found)))
  } catch {
    return false
  }
}
