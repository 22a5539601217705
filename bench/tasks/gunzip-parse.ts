import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { LineSplitter } from '../../lambdas/core/json/lines.ts'
import { measure } from '../task.ts'

/** Compressed NDJSON -> objects, with the engine's own gunzip and parser only. */
const [file = ''] = process.argv.slice(2)
const bytes = readFileSync(file)
const decoder = new TextDecoder()

await measure(() => {
  for (const line of new LineSplitter().push(gunzipSync(bytes))) JSON.parse(decoder.decode(line.bytes))
})
