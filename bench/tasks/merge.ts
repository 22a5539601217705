import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { auditEvents } from '../events.ts'
import { median, print } from '../figure.ts'
import { dataFiles } from '../merging/files.ts'
import { listedKeys, listFiles, mergeDay, prefix } from '../merging/merge-day.ts'
import { startStores } from '../merging/stores.ts'

/** A merge as the function does it, over the wire, against the bare statement of DuckDB over local files. */
const runs = 3
const files = 200
const rows = 1_000
/** Rows of each file that another holds as well. */
const repeated = 20
/** As many as the function's engine has. */
const threads = 2

const folder = await mkdtemp(join(tmpdir(), 'auditlake-bench-merge-'))
const stores = await startStores(join(folder, 'data'))
const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) })
const connection = await instance.connect()
try {
  const events = auditEvents(files * (rows - repeated))
  const local = join(folder, 'files')
  await mkdir(local)
  const names: string[] = []
  for (const bytes of dataFiles(events, rows, repeated)) {
    const name = `${String(names.length).padStart(4, '0')}.parquet`
    await writeFile(join(local, name), bytes)
    await stores.lake.put(`${prefix}${name}`, bytes)
    names.push(name)
  }
  const held = await heldOf(local)
  const pairs: { readonly merge: number; readonly same: number; readonly first: number }[] = []
  // The first pair is a warm-up.
  for (let run = 0; run <= runs; run++) {
    await listFiles(stores, names)
    const merge = await seconds(async () => {
      const { repeated: removed } = await mergeDay(stores)
      if (removed !== files * repeated) throw new Error(`${removed} repeated rows were removed`)
    })
    const same = await seconds(() => bareStatement(local, `${held} DESC, p_parse_time`))
    const first = await seconds(() => bareStatement(local, 'p_parse_time'))
    if (run > 0) pairs.push({ merge, same, first })
  }
  const rate = (of: (pair: (typeof pairs)[number]) => number) => (files * rows) / median(pairs.map(of))
  const compare = (name: string, of: (pair: (typeof pairs)[number]) => number, what: string) =>
    print(
      name,
      rate(({ merge }) => merge),
      'rows/s',
      rate(of),
      `${files} files of ${rows} rows, from S3 and back, against ${what} over local files`,
      median(pairs.map((pair) => of(pair) / pair.merge)),
    )
  compare('merge', ({ same }) => same, 'one statement of DuckDB that keeps the same rows')
  compare(
    'merge-against-first-rows',
    ({ first }) => first,
    'one that keeps of equal rows the earliest, whatever it holds',
  )
  const [merged = ''] = await listedKeys(stores)
  const object = await stores.lake.get(merged)
  const path = join(folder, 'merged.parquet')
  await writeFile(path, object?.body ?? '')
  const touched = await columnBytes(path, 'action')
  print(
    'merged-count-by-action',
    touched,
    'bytes',
    gzipSync(events).length / 60,
    'touched by a query that counts by action, footer included, against 1/60 of the events as gzip NDJSON',
  )
  print(
    'merged-size',
    (await stat(path)).size,
    'bytes',
    await sizeOf(local, names),
    'size of the merged file against that of the small ones',
  )
} finally {
  instance.closeSync()
  await stores.stop()
  await rm(folder, { recursive: true })
}

/** The comparison: no list, no checks. @param best which of equal rows stays */
async function bareStatement(from: string, best: string): Promise<void> {
  await connection.run(`
    COPY (
      SELECT * FROM read_parquet('${from}/*.parquet', union_by_name = true)
      QUALIFY row_number() OVER (PARTITION BY p_row_id ORDER BY ${best}) = 1
      ORDER BY p_event_time
    ) TO '${join(folder, 'bare.parquet')}' (FORMAT parquet, COMPRESSION zstd)`)
}

/** An expression that counts the values of a row. */
async function heldOf(from: string): Promise<string> {
  const text = `DESCRIBE SELECT * FROM read_parquet('${from}/*.parquet', union_by_name = true)`
  const columns = (await connection.runAndReadAll(text)).getRows().map(([name]) => `("${name}" IS NOT NULL)::INTEGER`)
  return `(${columns.join(' + ')})`
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1_000
}

/** Bytes of a column, and of the footer, which every query reads. */
async function columnBytes(path: string, column: string): Promise<number> {
  const text = `SELECT sum(total_compressed_size), (SELECT footer_size FROM parquet_file_metadata('${path}'))
    FROM parquet_metadata('${path}') WHERE path_in_schema = '${column}'`
  const [row = []] = (await connection.runAndReadAll(text)).getRows()
  return row.map(Number).reduce((sum, bytes) => sum + bytes, 0)
}

async function sizeOf(from: string, names: readonly string[]): Promise<number> {
  let bytes = 0
  for (const name of names) bytes += (await stat(join(from, name))).size
  return bytes
}
