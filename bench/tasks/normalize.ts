import { readFileSync } from 'node:fs'
import { LineSplitter } from '../../lambdas/core/json/lines.ts'
import { parseLine } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { logSchemas } from '../../schemas/generated/index.ts'
import { measure } from '../task.ts'

/** NDJSON bytes -> rows of the given log type. */
const [file = '', logType = ''] = process.argv.slice(2)
const schema = logSchemas.find((candidate) => candidate.logType === logType)
if (!schema) throw new TypeError(`no log type ${logType}`)
const { normalize } = compileNormalizer(schema)
const lines = new LineSplitter().push(readFileSync(file))
const context = { sourceId: 'bench', sourceLabel: 'Bench', receivedAt: 1_780_000_000_000 }

await measure(() => {
  for (const line of lines) normalize(parseLine(line), context)
})
