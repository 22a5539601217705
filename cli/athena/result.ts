import type { QueryResult } from '../../local/query/lake-query.ts'
import type { Plain } from '../../local/query/query-value.ts'
import { printLine } from '../../local/screen/print.ts'
import { type InstallationChoice, openInstallation, reasonOf } from '../installation.ts'
import { interruptSignal } from '../interrupt.ts'
import { isReading } from '../statement-words.ts'
import type { RunQuery } from './query.ts'
import type { QueryColumn } from './rows.ts'

/**
 * Runs a statement through Athena, and says on stderr how much it read. Ctrl-C cancels it.
 * @throws with Athena's reason
 */
export async function athenaResult(choice: InstallationChoice, sql: string): Promise<QueryResult> {
  const installation = await openInstallation(choice)
  const { query } = installation
  const interrupt = interruptSignal()
  try {
    if (!query) throw new Error('a local run has none.')
    if (!isReading(sql))
      throw new Error('nothing is changed from here: write SELECT, SHOW, DESCRIBE or EXPLAIN without ANALYZE.')
    return await resultOf(query, sql, interrupt.signal)
  } catch (error) {
    throw new Error(`Athena: ${reasonOf(error)}`, { cause: error })
  } finally {
    interrupt.release()
    installation.close()
  }
}

async function resultOf(query: RunQuery, sql: string, signal: AbortSignal): Promise<QueryResult> {
  const { columns, rows, scannedBytes } = await query(sql, { signal })
  const found: Plain[][] = []
  for await (const row of rows) found.push(row.map((value, index) => plainOf(value, columns[index])))
  printLine(`Athena read ${(scannedBytes / 1e6).toFixed(1)} MB.`, process.stderr)
  return { columns: columns.map(({ name }) => name), rows: found }
}

const numeric: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'float', 'real', 'double'])

/** Athena gives texts only. A whole number beyond JavaScript's precision stays one. */
export function plainOf(value: string | null, column: QueryColumn | undefined): Plain {
  if (value === null || column === undefined) return value
  if (column.type === 'boolean') return value === 'true'
  const number = Number(value)
  const isExact =
    numeric.has(column.type) && Number.isFinite(number) && (!/^-?\d+$/.test(value) || Number.isSafeInteger(number))
  return isExact ? number : value
}
