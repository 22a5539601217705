import { createReadStream } from 'node:fs'
import { LineSplitter } from '../../lambdas/core/json/lines.ts'
import { compileParquet } from '../../lambdas/core/lake/parquet.ts'
import { parseLine } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { githubAudit } from '../../schemas/generated/github_audit.ts'
import { measure } from '../task.ts'

/** NDJSON file -> rows -> a Parquet file per 5,000, by the same steps as `npm run normalize -- --parquet`. */
const [file = ''] = process.argv.slice(2)
const batch = 5_000
const { normalizeInto } = compileNormalizer(githubAudit)
const table = compileParquet(githubAudit)
const context = { sourceId: 'bench', sourceLabel: 'Bench', receivedAt: 1_780_000_000_000 }

await measure(async () => {
  const splitter = new LineSplitter()
  let rows = table.newFile()
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    for (const line of splitter.push(chunk)) {
      normalizeInto(rows, parseLine(line), context)
      rows.endRow()
      if (rows.rows < batch) continue
      rows.encode()
      rows = table.newFile()
    }
  }
  if (rows.rows > 0) rows.encode()
})
