import { readFileSync } from 'node:fs'
import { LineSplitter } from '../../lambdas/core/json/lines.ts'
import { measure } from '../task.ts'

/** NDJSON bytes -> objects, with the engine's own parser only. */
const [file = ''] = process.argv.slice(2)
const lines = new LineSplitter().push(readFileSync(file))
const decoder = new TextDecoder()

await measure(() => {
  for (const line of lines) JSON.parse(decoder.decode(line.bytes))
})
