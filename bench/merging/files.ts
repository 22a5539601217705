import { LineSplitter } from '../../lambdas/core/json/lines.ts'
import { compileParquet } from '../../lambdas/core/lake/parquet.ts'
import { parseLine } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { githubAudit } from '../../schemas/generated/github_audit.ts'

const receivedAt = 1_780_000_000_000

/**
 * Data files as the writer makes them.
 * @param ndjson events of the audit log
 * @param repeated rows of each file that the next one holds as well
 */
export function* dataFiles(ndjson: Uint8Array, rows: number, repeated: number): Generator<Uint8Array> {
  const { normalizeInto } = compileNormalizer(githubAudit)
  const table = compileParquet(githubAudit)
  const lines = [...new LineSplitter().push(ndjson)]
  for (let at = 0, file = 0; at < lines.length; at += rows - repeated, file++) {
    const content = table.newFile()
    // The last file ends with rows of the first.
    for (let row = at; row < at + rows; row++) {
      const line = lines[row % lines.length]
      if (line === undefined) throw new RangeError('no events')
      normalizeInto(content, parseLine(line), {
        sourceId: 'bench',
        sourceLabel: 'Bench',
        receivedAt: receivedAt + file,
      })
      content.endRow()
    }
    yield content.encode()
  }
}
