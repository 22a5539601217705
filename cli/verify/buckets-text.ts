import { onOneLine } from '../../local/screen/one-line.ts'
import { visible } from '../../schemas/compiler/visible.ts'
import type { BucketFinding } from './buckets.ts'

/** For each bucket whether it is as the stack sets it up, and if not, what differs and what puts it right. */
export function* bucketsText(all: readonly BucketFinding[]): Generator<string> {
  for (const findings of Map.groupBy(all, ({ name }) => name).values()) {
    const [first] = findings
    if (first === undefined) continue
    const broken = findings.filter(({ ok }) => !ok)
    const state = broken.length === 0 ? 'works' : 'DOES NOT WORK: it is not as the stack sets it up'
    yield onOneLine(`${first.bucket} bucket ${first.name}: ${state}`)
    for (const { aspect, differences, command } of broken) {
      for (const difference of differences) yield `  ${onOneLine(`${aspect}: ${difference}`)}`
      // Whole, because it is there to be run.
      if (command !== undefined) yield `  ${visible(command)}`
    }
  }
}

/** One JSON object a line for each aspect of each bucket. */
export function* bucketsJson(all: readonly BucketFinding[]): Generator<string> {
  for (const { command = null, ...finding } of all) yield JSON.stringify({ ...finding, command })
}
