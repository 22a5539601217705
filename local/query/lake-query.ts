import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  DuckDBTypeId,
  StatementType,
} from '@duckdb/node-api'
import { duckDbType } from '../../lambdas/core/duckdb/duckdb-type.ts'
import { quotedName, quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { objectPath } from '../aws/s3/object-path.ts'
import { readAssembly } from '../template/assembly.ts'
import { athenaFunctions, withoutArrows } from './athena-functions.ts'
import { explainQueryError, type NamedColumn } from './explain-query-error.ts'
import { type LakeTable, type LakeView, lakeCatalog } from './lake-tables.ts'
import { type Plain, plainValue } from './query-value.ts'

export interface QueryResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Plain[])[]
}

/** Some rows of a result, of which each is made when it is asked for. */
export interface RowChunk {
  readonly count: number
  row(index: number): readonly Plain[]
}

/** A result that is read while it is made. */
export interface StreamedResult {
  readonly columns: readonly string[]
  /** @throws {QueryError} when the statement fails on the way, or the signal came */
  readonly chunks: AsyncIterable<RowChunk>
}

export interface StreamOptions {
  /** Ends the statement. */
  readonly signal?: AbortSignal
  /** Longest text of a column, in characters; a longer one is cut before it leaves DuckDB. @default none is cut */
  readonly characters?: number
}

export interface LakeOptions {
  /**
   * Most memory of DuckDB, in megabytes; nothing is kept on the disk in its place. @default DuckDB's: most of the
   * machine's, then the disk
   */
  readonly memoryMegabytes?: number
  /** Threads of DuckDB. @default one for each core */
  readonly threads?: number
}

/** An error in the query, explained in one or two lines. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
}

/** A file of the lake and the partition whose list names it. */
interface ListedFile {
  readonly file: string
  readonly partition: string
}

/**
 * The tables of a local lake as Athena would show them, whether the pipeline runs or not: exactly the files that the
 * lists name when it is opened.
 */
export class Lake {
  readonly tables: readonly string[]
  readonly #connection: DuckDBConnection

  private constructor(connection: DuckDBConnection, tables: readonly string[]) {
    this.#connection = connection
    this.tables = tables
  }

  /**
   * @param dataDir The data folder of a local run.
   * @throws when there has been no run in the folder, or a listed file is missing.
   */
  static async open(dataDir: string, { memoryMegabytes, threads }: LakeOptions = {}): Promise<Lake> {
    const assembly = path.join(dataDir, 'cdk.out')
    if (!existsSync(path.join(assembly, 'manifest.json'))) {
      throw new Error(
        `There is no lake in ${dataDir} yet. Make one with "npm start", or name the folder of another with --data.`,
      )
    }
    const instance = await DuckDBInstance.create(':memory:', {
      ...(memoryMegabytes !== undefined && { memory_limit: `${memoryMegabytes}MB`, temp_directory: '' }),
      ...(threads !== undefined && { threads: String(threads) }),
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    // As in Athena.
    await connection.run('SET integer_division = true')
    const { tables, views } = lakeCatalog(readAssembly(assembly).template)
    const [database] = tables.map((table) => table.database)
    if (database !== undefined) {
      await connection.run(`CREATE SCHEMA ${quotedName(database)}`)
      await connection.run(`USE ${quotedName(database)}`)
    }
    for (const definition of athenaFunctions) await connection.run(definition)
    const files: string[] = []
    for (const table of tables) {
      const listed = listedFiles(path.join(dataDir, 's3'), table)
      await createTable(connection, table, listed)
      files.push(...listed.map(({ file }) => file))
    }
    for (const view of views) await createView(connection, view)
    await closeOff(connection, files)
    return new Lake(connection, [...tables, ...views].map(({ name }) => name).sort())
  }

  /**
   * Runs one statement that reads.
   * @throws {QueryError} with DuckDB's message on the statement, or what to write in its place
   */
  async query(sql: string): Promise<QueryResult> {
    return await this.#explained(sql, async () => {
      const reader = await (await this.#prepare(sql)).runAndReadAll()
      return { columns: reader.columnNames(), rows: reader.getRows().map((row) => row.map(plainValue)) }
    })
  }

  /**
   * Runs one statement that reads, for a reader who may stop early: rows beyond those that were asked for stay in
   * DuckDB.
   * @throws {QueryError} as {@link query}
   */
  async stream(sql: string, { signal, characters }: StreamOptions = {}): Promise<StreamedResult> {
    const run = <T>(action: () => Promise<T>): Promise<T> =>
      this.#explained(sql, () => interruptible(this.#connection, action, signal))
    const { columns, result } = await run(async () => {
      const prepared = await this.#prepare(sql)
      const columns = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index))
      const chosen = characters === undefined ? prepared : await this.#cutting(sql, prepared, characters)
      return { columns, result: await chosen.stream() }
    })
    return { columns, chunks: chunksOf(result, run) }
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const statements = await this.#connection.extractStatements(withoutArrows(sql))
    if (statements.count > 1) {
      throw new QueryError(`These are ${statements.count} statements; write one at a time, as in Athena.`)
    }
    const prepared = await statements.prepare(0)
    // EXPLAIN ANALYZE runs what it explains.
    const runs = prepared.statementType === StatementType.EXPLAIN && /\banalyze\b/i.test(sql)
    if (runs || !reading.has(prepared.statementType)) {
      throw new QueryError('Nothing can be changed here: write SELECT, SHOW, DESCRIBE or EXPLAIN without ANALYZE.')
    }
    return prepared
  }

  /** The same statement with its texts cut; as it is where it cannot be the part of another one. */
  async #cutting(sql: string, prepared: DuckDBPreparedStatement, length: number): Promise<DuckDBPreparedStatement> {
    const names = Array.from({ length: prepared.columnCount }, (_, index) => `c${index}`)
    const texts = names.filter((_, index) => prepared.columnTypeId(index) === DuckDBTypeId.VARCHAR)
    if (texts.length === 0) return prepared
    const columns = names.map((name) => (texts.includes(name) ? `left(${name}::VARCHAR, ${length})` : name))
    const inner = withoutArrows(sql).replace(/[;\s]+$/, '')
    // The line break ends a comment.
    return await this.#connection
      .prepare(`SELECT ${columns.join(', ')} FROM (${inner}\n) AS cut(${names.join(', ')})`)
      .catch(() => prepared)
  }

  async #explained<T>(sql: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      if (error instanceof QueryError) throw error
      const message = String(error instanceof Error ? error.message : error)
      throw new QueryError(explainQueryError(message, { sql, tables: this.tables, columns: await this.#columns() }))
    }
  }

  async #columns(): Promise<NamedColumn[]> {
    const found = await this.#connection.runAndReadAll(
      'SELECT table_name, column_name FROM information_schema.columns ORDER BY ordinal_position',
    )
    return found.getRows().map(([table, name]) => ({ table: String(table), name: String(name) }))
  }

  close(): void {
    this.#connection.closeSync()
  }
}

/** Time between two attempts to end a statement, which may just begin, in milliseconds. */
const interruptMs = 50

/** Does something with a connection, and ends it when the signal comes. */
async function interruptible<T>(
  connection: DuckDBConnection,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!signal) return await action()
  if (signal.aborted) throw new QueryError('The statement was cancelled.')
  let timer: NodeJS.Timeout | undefined
  const end = () => {
    connection.interrupt()
    timer = setInterval(() => connection.interrupt(), interruptMs)
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    const done = await action()
    // A stream that is interrupted between two chunks ends as if it were whole.
    if (signal.aborted) throw new Error('interrupted')
    return done
  } catch (error) {
    throw signal.aborted ? new QueryError('The statement was cancelled.', { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', end)
    clearInterval(timer)
  }
}

/** @param run explains what goes wrong */
async function* chunksOf(
  result: DuckDBResult,
  run: <T>(action: () => Promise<T>) => Promise<T>,
): AsyncGenerator<RowChunk> {
  for (;;) {
    const chunk = await run(() => result.fetchChunk())
    if (!chunk || chunk.rowCount === 0) return
    yield { count: chunk.rowCount, row: (index) => chunk.getRowValues(index).map(plainValue) }
  }
}

/** SHOW and DESCRIBE count as SELECT. */
const reading: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN])

/** Leaves nothing to a query but the files of the lake: no other file, no network, no extension, no setting. */
async function closeOff(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  const paths = [...new Set(files)].map(quotedText).join(', ')
  await connection.run(`SET allowed_paths = [${paths}]`)
  await connection.run('SET autoinstall_known_extensions = false')
  await connection.run('SET autoload_known_extensions = false')
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

/** The files in the lists of the table's partitions, within its projected days. */
function listedFiles(objects: string, { bucket, prefix, partitionKey, days, name }: LakeTable): ListedFile[] {
  const folder = objectPath(objects, bucket, prefix)
  const partitions = existsSync(folder)
    ? readdirSync(folder).filter((entry) => entry.startsWith(`${partitionKey}=`))
    : []
  return partitions.sort().flatMap((entry) => {
    const partition = entry.slice(partitionKey.length + 1)
    if (days !== undefined && (partition < days.first || partition > days.last)) return []
    const list = path.join(folder, entry, 'symlink.txt')
    const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : []
    return lines.filter(Boolean).map((line) => ({ file: fileOf(line, objects, `${name}, ${entry}`), partition }))
  })
}

function fileOf(line: string, objects: string, list: string): string {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(line) ?? []
  const file = bucket === undefined || key === undefined ? undefined : objectPath(objects, bucket, key)
  if (file === undefined || !existsSync(file)) throw new Error(`the list of ${list} names ${line}, which is not there`)
  return file
}

/**
 * Every column of the Glue table under its type, null in files that lack it. Each file is read once and joined to every
 * mention in a list, so that a file listed twice counts twice, as in Athena.
 */
async function createTable(
  connection: DuckDBConnection,
  table: LakeTable,
  listed: readonly ListedFile[],
): Promise<void> {
  const view = `CREATE VIEW ${quotedName(table.database)}.${quotedName(table.name)} AS`
  const partitionKey = quotedName(table.partitionKey)
  if (listed.length === 0) {
    const nothing = table.columns.map(({ name, type }) => `NULL::${duckDbType(type)} AS ${quotedName(name)}`)
    await connection.run(`${view} SELECT ${nothing.join(', ')}, NULL::VARCHAR AS ${partitionKey} WHERE false`)
    return
  }
  const files = [...new Set(listed.map(({ file }) => quotedText(file)))].join(', ')
  const source = `read_parquet([${files}], union_by_name = true, hive_partitioning = false, filename = '*file')`
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
  const present = new Set(described.getRows().map(([name]) => String(name)))
  const columns = table.columns.map(({ name, type }) => {
    const value = present.has(name) ? `data.${quotedName(name)}` : 'NULL'
    return `CAST(${value} AS ${duckDbType(type)}) AS ${quotedName(name)}`
  })
  const namings = listed.map(({ file, partition }) => `(${quotedText(file)}, ${quotedText(partition)})`).join(', ')
  await connection.run(
    `${view} SELECT ${columns.join(', ')}, lists.partition AS ${partitionKey}
     FROM ${source} AS data JOIN (VALUES ${namings}) AS lists(file, partition) ON data."*file" = lists.file`,
  )
}

/** Makes a view, whose query names tables without the database. */
async function createView(connection: DuckDBConnection, { database, name, sql }: LakeView): Promise<void> {
  await connection.run(`CREATE VIEW ${quotedName(database)}.${quotedName(name)} AS ${sql}`)
}
