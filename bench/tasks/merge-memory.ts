import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { auditEvents } from '../events.ts'
import { print } from '../figure.ts'
import { dataFiles } from '../merging/files.ts'
import { listedKeys, listFiles, memoryMegabytes, prefix } from '../merging/merge-day.ts'
import { startStores } from '../merging/stores.ts'
import { hasProc } from '../process-facts.ts'

/** A day of millions of rows, merged by a process until nothing is left to do. */
const rowsInFile = 100_000
const millions = Number(process.argv[2] ?? 5)
const files = (millions * 1_000_000) / rowsInFile
/** What Lambda itself needs of a function's memory, in MB. */
const reserved = 108

interface Merged {
  readonly rows: number
  readonly seconds: number
  readonly peakMb: number
}

const folder = await mkdtemp(join(tmpdir(), 'auditlake-bench-merge-memory-'))
const stores = await startStores(join(folder, 'data'))
try {
  const names = await putFiles()
  await listFiles(stores, names)
  const child = join(import.meta.dirname, '..', 'merging', 'merge-process.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [child])
  const merges: Merged[] = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const what = `of a process that merges ${millions} million rows in ${files} files, against the function's memory`
  const peak = Math.max(...merges.map(({ peakMb }) => peakMb))
  if (hasProc) print('merge-memory', peak, 'MB', memoryMegabytes - reserved, `peak memory ${what}`)
  const seconds = merges.reduce((sum, merge) => sum + merge.seconds, 0)
  print('merge-time', seconds, 's', 900, `time of ${merges.length} merges, against the longest that a function may run`)
  const rows = merges.reduce((sum, merge) => sum + merge.rows, 0)
  print('merge-rewritten', rows, 'rows', millions * 1e6, 'rewritten, against those of the day')
  print('merge-files', (await listedKeys(stores)).length, 'files', files, 'after it, against those before')
} finally {
  await stores.stop()
  await rm(folder, { recursive: true })
}

/** Files of the writer, multiplied with other ids and times. @returns their names */
async function putFiles(): Promise<string[]> {
  const from = join(folder, 'from')
  await mkdir(from)
  let number = 0
  for (const bytes of dataFiles(auditEvents(rowsInFile), 10_000, 0)) {
    await writeFile(join(from, `${number++}.parquet`), bytes)
  }
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const names: string[] = []
  for (let file = 0; file < files; file++) {
    const name = `${String(file).padStart(4, '0')}.parquet`
    const path = join(folder, 'one.parquet')
    await connection.run(`
      COPY (
        SELECT * REPLACE (md5(p_row_id || '${file}') AS p_row_id, p_event_time + INTERVAL ${file} MINUTE AS p_event_time)
        FROM read_parquet('${from}/*.parquet', union_by_name = true)
      ) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`)
    await stores.lake.put(`${prefix}${name}`, await readFile(path))
    names.push(name)
  }
  instance.closeSync()
  return names
}
