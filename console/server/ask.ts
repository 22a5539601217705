import { QueryFailed } from '../../cli/athena/query.ts'
import { plainOf } from '../../cli/athena/result.ts'
import { type Installation, reasonOf } from '../../cli/installation.ts'
import { isReading } from '../../cli/statement-words.ts'
import { boundOnDays, readsEveryDayOf } from '../../cli/unbounded-days.ts'
import { Lake, QueryError, type RowChunk } from '../../local/query/lake-query.ts'
import type { Plain } from '../../local/query/query-value.ts'
import { rowObject } from '../../local/query/row-object.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { viewsOf } from '../../schemas/views.ts'
import type { Cost } from '../api.ts'
import { Gate } from './gate.ts'
import { HttpError } from './http-error.ts'

/** The result of a statement, perhaps only its beginning. */
export interface Answer extends Cost {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Plain[])[]
  /** Rows of the whole result. */
  readonly total: number
  /**
   * Whether there may be more than `total`: Athena's rows are not counted, and those of DuckDB up to the time limit.
   */
  readonly isAtLeast?: boolean
}

export interface AskOptions {
  /** Cancels the statement. */
  readonly signal?: AbortSignal | undefined
  /** Most characters of a text; the rest is cut off, and `…` says so. @default none is cut */
  readonly characters?: number
}

/**
 * Asks a statement of the lake: DuckDB of a local run, Athena of a deployment.
 * @throws {HttpError} 400 when the statement is wrong, or would read every day on AWS; 504 at the time limit
 */
export type Ask = (sql: string, options?: AskOptions) => Promise<Answer>

/** Most rows of an answer. */
const mostRows = 10_000

/** Most characters of all texts of an answer together; rows beyond are left out. */
const mostCharacters = 20_000_000

/** Longest time of a statement, in milliseconds. */
const limits = { local: 60_000, aws: 600_000 }

/** Everything that holds rows of days. */
const relations: readonly string[] = [
  ...tableSchemas.map(({ table }) => table),
  ...viewsOf(tableSchemas).map(({ name }) => name),
]

/**
 * The share of a local run's machine that the console takes: how many statements at a time, and what each may use. The
 * memory is that of sorting, grouping and joining; DuckDB does not count texts that a function makes.
 */
const share = { statements: 2, memoryMegabytes: 1_000, threads: 1 }

/** @param folder of a local run */
export const askLake = (folder: string, limitMs = limits.local, within = share): Ask => {
  const gate = new Gate(within.statements)
  return async (sql, options = {}) =>
    await gate.through(() => askOnce({ folder, limitMs, within }, sql, options), options.signal)
}

async function askOnce(
  { folder, limitMs, within }: { readonly folder: string; readonly limitMs: number; readonly within: typeof share },
  sql: string,
  { signal, characters }: AskOptions,
): Promise<Answer> {
  const limit = AbortSignal.timeout(limitMs)
  const either = AbortSignal.any(signal ? [signal, limit] : [limit])
  const lake = await Lake.open(folder, within)
  const taken = new Taken(characters)
  try {
    const options = { signal: either, ...(characters !== undefined && { characters: characters + 1 }) }
    const { columns, chunks } = await lake.stream(sql, options)
    const isCounted = await takeAll(chunks, taken).catch((error: unknown) => {
      // What is shown is there; only the rest was still being counted.
      if (limit.aborted && taken.isFull) return false
      throw error
    })
    return { columns, rows: taken.rows, total: taken.total, ...(!isCounted && { isAtLeast: true }) }
  } catch (error) {
    if (limit.aborted) throw tooLong(limitMs, error)
    throw error instanceof QueryError && error.message.startsWith('Out of Memory') ? tooLarge(within, error) : error
  } finally {
    lake.close()
  }
}

/** Takes rows up to the limits and counts the others. @returns `true` at the end of the result */
async function takeAll(chunks: AsyncIterable<RowChunk>, taken: Taken): Promise<true> {
  for await (const { count, row } of chunks) {
    for (let index = 0; index < count; index++) {
      if (!taken.isFull) taken.take(row(index))
    }
    taken.total += count
  }
  return true
}

export const askAthena =
  (query: NonNullable<Installation['query']>, limitMs = limits.aws): Ask =>
  async (sql, { signal, characters } = {}) => {
    if (!isReading(sql)) {
      throw new HttpError(400, 'Nothing is changed from here: write SELECT, SHOW, DESCRIBE or EXPLAIN without ANALYZE.')
    }
    if (readsEveryDayOf(relations, sql)) {
      throw new HttpError(
        400,
        `The statement is not run: it reads a table without a bound on dt, so Athena would read, and bill, every day of it. Add to each SELECT that reads a table or view: ${boundOnDays}`,
      )
    }
    const began = performance.now()
    try {
      const { columns, rows, scannedBytes } = await query(sql, { signal, limitMs })
      const taken = new Taken(characters)
      for await (const row of rows) {
        taken.total++
        if (taken.isFull) break
        taken.take(row.map((value, index) => plainOf(value, columns[index])))
      }
      return {
        columns: columns.map(({ name }) => name),
        rows: taken.rows,
        total: taken.total,
        ...(taken.total > taken.rows.length && { isAtLeast: true }),
        scannedBytes,
      }
    } catch (error) {
      if (performance.now() - began >= limitMs) throw tooLong(limitMs, error)
      const reason = error instanceof QueryFailed ? error.message : reasonOf(error)
      throw new HttpError(400, `Athena: ${reason}`, { cause: error })
    }
  }

const tooLong = (limitMs: number, cause: unknown): HttpError =>
  new HttpError(504, `The statement was cancelled after ${limitMs / 1_000} seconds. Ask for fewer days or rows.`, {
    cause,
  })

const tooLarge = ({ memoryMegabytes }: typeof share, cause: unknown): HttpError =>
  new HttpError(
    400,
    `The statement needs more than the ${memoryMegabytes} MB of memory that the console gives it. Ask for fewer days, rows or columns, or use "npm run query".`,
    { cause },
  )

/** The rows of an answer, up to its limits. */
class Taken {
  readonly rows: Plain[][] = []
  total = 0
  readonly #characters: number
  #size = 0

  constructor(characters = Number.POSITIVE_INFINITY) {
    this.#characters = characters
  }

  get isFull(): boolean {
    return this.rows.length >= mostRows || this.#size >= mostCharacters
  }

  take(row: readonly Plain[]): void {
    const cut = row.map((value) => cutValue(value, this.#characters))
    for (const value of cut) this.#size += typeof value === 'string' ? value.length : 8
    this.rows.push(cut)
  }
}

/** Lists and structs become texts where texts are cut. */
function cutValue(value: Plain, most: number): Plain {
  if (most === Number.POSITIVE_INFINITY) return value
  const plain = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  return typeof plain === 'string' && plain.length > most ? `${plain.slice(0, most)}…` : plain
}

/** The rows of an answer as objects. */
export const objectsOf = ({ columns, rows }: Answer): Record<string, Plain>[] =>
  rows.map((row) => rowObject(columns, row))

/** What an answer cost, for the page. */
export const costOf = (...answers: readonly Cost[]): Cost => {
  const billed = answers.flatMap(({ scannedBytes }) => scannedBytes ?? [])
  return billed.length === 0 ? {} : { scannedBytes: billed.reduce((sum, bytes) => sum + bytes, 0) }
}

/** A text of a row; empty for null. */
export const textIn = (value: Plain | undefined): string => (value === null || value === undefined ? '' : String(value))

/** A text of a row, if it has one. */
export const optionalText = (value: Plain | undefined): string | undefined => textIn(value) || undefined

/** A time that a statement gives as seconds, in milliseconds. */
export const timeIn = (value: Plain | undefined): number => Math.round(Number(value) * 1_000)
