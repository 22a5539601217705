import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { LogSchema } from '../../../../schemas/definition.ts'
import { duckDbFieldIds } from '../../../../schemas/duckdb-field-ids.ts'
import { glueType } from '../../../../schemas/glue-type.ts'
import { type TableColumn, tableColumns } from '../../../../schemas/table-columns.ts'
import { duckDbType } from '../../duckdb/duckdb-type.ts'
import { quotedName, quotedText } from '../../duckdb/sql-text.ts'
import { dayAfter } from '../partition.ts'
import { sliceSql } from './slice.ts'

/** Most rows in a row group of a merged file: the one size that DuckDB writes without arranging its batches anew. */
const mostRowsInGroup = 122_880

/** Fewest rows in a row group: DuckDB reads and writes that number at a time. */
const smallestGroup = 2_048

/**
 * Bytes of the small files whose rows make one row group, if they are fewer rows: DuckDB holds some groups in memory.
 */
const bytesInGroup = 32 * 1024 * 1024

/** Share of the function's memory that DuckDB may use; the rest is for Node and the file that is sent. */
const memoryShare = 0.6

/** Lambda gives one core for each 1,769 MB. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const megabytesPerCore = 1_769

/** Ids in one statement. */
const idsAtOnce = 50_000

export interface EngineOptions {
  /** Folder for what does not fit into the memory. */
  readonly folder: string
  /** Memory of the function in megabytes. */
  readonly memoryMegabytes: number
}

/** The rows of files on the disk, each once. */
export interface RowsOnce {
  readonly schema: LogSchema
  /** Paths of the files, in the order of the list. */
  readonly inputs: readonly string[]
  /** Ids of rows that are left out, because other files hold them. */
  readonly leftOut: Iterable<string>
}

/** One merge of files. */
export interface MergeJob extends RowsOnce {
  /** Path of the file to write. */
  readonly output: string
}

/** One division of files into slices. */
export interface CutJob extends RowsOnce {
  /** Folder for the files to write, which does not exist yet. */
  readonly output: string
  /** Slices: a power of two. */
  readonly count: number
}

/** A file with rows of one slice. */
export interface CutFile {
  readonly path: string
  /** The slice's. */
  readonly index: number
}

export interface MergedRows {
  /** Rows of the inputs. */
  readonly read: number
  /** Rows of the output. */
  readonly written: number
}

/** Files were written by a newer version: to rewrite them would lose what this one does not know. */
export class NewerFiles extends Error {
  override readonly name = 'NewerFiles'

  constructor(column: string) {
    super(`the files hold more in the column ${column} than this version knows; a newer version has to merge them`)
  }
}

/** Whether DuckDB found too little memory for what it was to do. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && /out of memory|failed to allocate|could not allocate/i.test(error.message)

interface Session {
  readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection
}

/** DuckDB over local files, with nothing but them: no network, no extension. Begins with the first use. */
export class MergeEngine {
  readonly #options: EngineOptions
  #session: Promise<Session> | undefined

  constructor(options: EngineOptions) {
    this.#options = options
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    session?.connection.closeSync()
    session?.instance.closeSync()
  }

  /** Begins anew: an engine that failed may say nothing true about files. */
  async restart(): Promise<void> {
    await this.close()
    this.#session = undefined
  }

  /** Ids of the rows of files. @param receivedOn only of rows that lie under this day because of their receipt */
  async ids(inputs: readonly string[], { receivedOn }: { readonly receivedOn?: string } = {}): Promise<Set<string>> {
    const only = receivedOn === undefined ? '' : `WHERE p_time_source = 'received' OR NOT (${isOn(receivedOn)})`
    const ids = new Set<string>()
    const found = await (await this.#connection()).stream(`SELECT p_row_id FROM ${source(inputs)} ${only}`)
    for (let chunk = await found.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await found.fetchChunk()) {
      for (const id of chunk.getColumnValues(0)) if (typeof id === 'string') ids.add(id)
    }
    return ids
  }

  /**
   * Reads every value of a file.
   * @returns what is wrong with it, without its content; `undefined` when nothing is
   * @throws when memory or disk are short
   */
  async faultOf(input: string): Promise<string | undefined> {
    try {
      await this.#run(`SELECT max(hash(file)) FROM ${source([input])} AS file`)
      return undefined
    } catch (error) {
      const message = String(error instanceof Error ? error.message : error)
      if (isOutOfMemory(error) || /no space/i.test(message)) throw error
      // What follows may quote the file.
      return `it is not a whole Parquet file (${/^[A-Za-z ]{1,40}(?=:)/.exec(message)?.[0] ?? 'unknown error'})`
    }
  }

  /**
   * Writes the rows of all inputs once, sorted by the time of the event. Of rows with the same id it is the one with
   * more values, then the one that was received earlier.
   * @throws when the output does not hold every id of the inputs that is not left out
   */
  async merge({ output, ...job }: MergeJob): Promise<MergedRows> {
    const { rows, expected, columns, values, from, rowGroupSize } = await this.#rowsOnce(job)
    await this.#run(`
      COPY (SELECT ${values} FROM ${from} ORDER BY p_event_time, p_row_id)
      TO ${quotedText(output)} (${fileFormat(columns, rowGroupSize)})`)
    return { read: rows, written: await this.#writtenTo([output], rows, expected) }
  }

  /**
   * Writes the rows of all inputs once, as {@link merge} does but unsorted, into files of a slice each. Slices without
   * rows have no file.
   * @throws as {@link merge} does
   */
  async cut({ output, count, ...job }: CutJob): Promise<MergedRows & { readonly files: readonly CutFile[] }> {
    const { rows, expected, columns, values, from, rowGroupSize } = await this.#rowsOnce(job)
    // All files are open at the same time, each with the rows of a group in memory.
    const groupOfSlice = Math.max(smallestGroup, Math.floor(rowGroupSize / count))
    await this.#run(`SET partitioned_write_max_open_files = ${count}`)
    await this.#run(`SET partitioned_write_flush_threshold = ${groupOfSlice}`)
    // Rows of slices that wait for those before them would fill the memory.
    await this.#run('SET preserve_insertion_order = false')
    await this.#run(`
      COPY (SELECT ${values}, ${sliceSql(count)} AS "*slice" FROM ${from})
      TO ${quotedText(output)} (${fileFormat(columns, groupOfSlice)}, PARTITION_BY ("*slice"))`)
    const files = await cutFilesIn(output)
    const paths = files.map(({ path }) => path)
    return { read: rows, written: await this.#writtenTo(paths, rows, expected), files }
  }

  /** Prepares a statement that reads the rows of all inputs once. */
  async #rowsOnce({ schema, inputs, leftOut }: RowsOnce) {
    const isAnyLeftOut = await this.#leaveOut(leftOut)
    const { rows, expected, repeated } = await this.#countIds(inputs)
    const columns = await this.#columnsIn(inputs, schema)
    if (repeated > 0) await this.#findWorse(inputs, columns)
    const values = columns.map((one) => {
      const name = quotedName(one.column)
      return `CAST(${name} AS ${storedType(one)}) AS ${name}`
    })
    const from = `${source(inputs)}
      ${repeated > 0 ? 'ANTI JOIN worse USING ("*file", file_row_number)' : ''}
      ${isAnyLeftOut ? 'ANTI JOIN left_out USING (p_row_id)' : ''}`
    const rowGroupSize = rowsInGroup(rows, await bytesOf(inputs))
    return { rows, expected, columns, values: values.join(', '), from, rowGroupSize }
  }

  /** @returns the rows of the files written @throws unless these are as many as expected, each with an id of its own */
  async #writtenTo(outputs: readonly string[], rows: number, expected: number): Promise<number> {
    const [inOutput, written] =
      outputs.length === 0
        ? [0, 0]
        : await this.#numbers(`SELECT count(*), count(DISTINCT p_row_id) FROM ${source(outputs)}`)
    if (written !== expected || inOutput !== written) {
      throw new Error(`a merge of ${rows} rows wrote ${inOutput} with ${written} ids in place of ${expected}`)
    }
    return written
  }

  /** Counts rows, ids that are not left out, and ids of several rows, which the table `repeated` then holds. */
  async #countIds(inputs: readonly string[]) {
    await this.#run(`
      CREATE OR REPLACE TEMP TABLE ids AS
      SELECT p_row_id, count(*) AS rows FROM ${source(inputs)} GROUP BY p_row_id`)
    await this.#run('CREATE OR REPLACE TEMP TABLE repeated AS SELECT p_row_id FROM ids WHERE rows > 1')
    const [rows = 0, repeated = 0, expected = 0] = await this.#numbers(`
      SELECT sum(rows), count(*) FILTER (rows > 1), (SELECT count(*) FROM ids ANTI JOIN left_out USING (p_row_id))
      FROM ids`)
    await this.#run('DROP TABLE ids')
    return { rows, repeated, expected }
  }

  /** Makes the table `worse`: of rows with the same id all but the one that stays. It takes a reading of all values. */
  async #findWorse(inputs: readonly string[], columns: readonly TableColumn[]): Promise<void> {
    const held = columns.map(({ column }) => `(${quotedName(column)} IS NOT NULL)::INTEGER`).join(' + ')
    await this.#run(`
      CREATE OR REPLACE TEMP TABLE worse AS
      SELECT "*file", file_row_number FROM (
        SELECT "*file", file_row_number, row_number() OVER (
          PARTITION BY p_row_id ORDER BY ${held} DESC, p_parse_time, "*file", file_row_number
        ) AS place
        FROM ${source(inputs)} SEMI JOIN repeated USING (p_row_id)
      ) WHERE place > 1`)
  }

  /** @returns whether there are any */
  async #leaveOut(ids: Iterable<string>): Promise<boolean> {
    await this.#run('CREATE OR REPLACE TEMP TABLE left_out (p_row_id VARCHAR)')
    const list = [...ids]
    for (let at = 0; at < list.length; at += idsAtOnce) {
      const texts = list.slice(at, at + idsAtOnce).map(quotedText)
      await this.#run(`INSERT INTO left_out SELECT unnest([${texts.join(', ')}])`)
    }
    return list.length > 0
  }

  /**
   * The columns of the schema that the files hold.
   * @throws {NewerFiles} when they hold columns or members beside those
   */
  async #columnsIn(inputs: readonly string[], schema: LogSchema): Promise<TableColumn[]> {
    const found = await this.#typesOf(`SELECT * FROM ${source(inputs)}`)
    for (const own of ownColumns) found.delete(own)
    const columns = tableColumns(schema).filter(({ column }) => found.has(column))
    const known = new Set(columns.map(({ column }) => column))
    const unknown = [...found.keys()].find((name) => !known.has(name))
    if (unknown !== undefined) throw new NewerFiles(unknown)
    // The type that holds both is the declared one, unless the files hold members that it lacks.
    const nulls = (typeOf: (column: TableColumn) => string) =>
      `SELECT ${columns.map((one) => `NULL::${typeOf(one)} AS ${quotedName(one.column)}`).join(', ')}`
    const declared = nulls(storedType)
    const held = nulls(({ column }) => found.get(column) ?? 'VARCHAR')
    const types = await this.#typesOf(declared)
    for (const [column, type] of await this.#typesOf(`${declared} UNION ALL ${held}`)) {
      if (type !== types.get(column)) throw new NewerFiles(column)
    }
    return columns
  }

  /** The types of a query's columns, by name. */
  async #typesOf(sql: string): Promise<Map<string, string>> {
    return new Map((await this.#rows(`DESCRIBE ${sql}`)).map(([name, type]) => [String(name), String(type)]))
  }

  async #numbers(sql: string): Promise<number[]> {
    const [row = []] = await this.#rows(sql)
    return row.map(Number)
  }

  async #rows(sql: string) {
    return (await (await this.#connection()).runAndReadAll(sql)).getRows()
  }

  async #run(sql: string): Promise<void> {
    await (await this.#connection()).run(sql)
  }

  async #connection(): Promise<DuckDBConnection> {
    this.#session ??= open(this.#options)
    return (await this.#session).connection
  }
}

async function open({ folder, memoryMegabytes }: EngineOptions): Promise<Session> {
  // Loaded when there is something to merge: it is most of a cold start.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.round(memoryMegabytes * memoryShare)}MB`,
    threads: String(Math.max(1, Math.ceil(memoryMegabytes / megabytesPerCore))),
    temp_directory: folder,
    // Local files need no copy in memory.
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  return { instance, connection }
}

/** @param day as YYYY-MM-DD */
const isOn = (day: string): string => {
  const [from, to] = [day, dayAfter(day)].map((one) => `TIMESTAMPTZ ${quotedText(`${one} 00:00:00+00`)}`)
  return `p_event_time >= ${from} AND p_event_time < ${to}`
}

/** Rows of a row group when the rows take these bytes in the small files. */
const rowsInGroup = (rows: number, bytes: number): number =>
  Math.max(smallestGroup, Math.min(mostRowsInGroup, Math.floor((bytesInGroup * rows) / Math.max(1, bytes))))

const fileFormat = (columns: readonly TableColumn[], rowGroupSize: number): string =>
  `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize}, WRITE_BLOOM_FILTER false,
    FIELD_IDS ${duckDbFieldIds(columns)}`

/** The files that a statement has written with PARTITION_BY: the names of their folders end with `=<index>`. */
async function cutFilesIn(folder: string): Promise<CutFile[]> {
  // Without any row there is no folder.
  const found = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : []
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({
      path: join(parentPath, name),
      index: Number(parentPath.slice(parentPath.lastIndexOf('=') + 1)),
    }))
}

async function bytesOf(paths: readonly string[]): Promise<number> {
  let bytes = 0
  for (const path of paths) bytes += (await stat(path)).size
  return bytes
}

/** Names that reading adds to the columns of the files. */
const ownColumns = ['*file', 'file_row_number']

/** A column that a file lacks is null in it; members of objects are found by their names. */
const source = (inputs: readonly string[]): string =>
  `read_parquet([${inputs.map(quotedText).join(', ')}], union_by_name = true, hive_partitioning = false,
    filename = '*file', file_row_number = true)`

/** The declared type of a column. Times are instants, which Parquet says only of those with a zone. */
const storedType = ({ value }: TableColumn): string =>
  duckDbType(glueType(value)).replaceAll('TIMESTAMP', 'TIMESTAMPTZ')
