import { readFileSync } from 'node:fs'
import { readBenchObject } from '../object-reading.ts'
import { measure } from '../task.ts'

/** Compressed NDJSON -> messages of rows, in parts as S3 gives them. */
const [file = ''] = process.argv.slice(2)
const bytes = readFileSync(file)
const partBytes = 8 * 1024 * 1024

async function* read(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes)
}

await measure(async () => {
  await readBenchObject(read)
})
