import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import type { StoreReader } from '../../lambdas/core/ports.ts'
import { readDeadLetter } from '../../lambdas/core/publish/dead-letters.ts'
import { onOneLine } from '../../local/screen/one-line.ts'

/** Numbers of dead letters by their reason. */
export type Reasons = Readonly<Record<string, number>>

export interface DeadLetters {
  readonly total: number
  /** By source id. */
  readonly bySource: ReadonlyMap<string, number>
  readonly reasons: ReadonlyMap<string, Reasons>
  /** Those that name no source or were not read. */
  readonly ofUnknownSource: number
  /** Reasons of those that were read and name no source. */
  readonly reasonsOfUnknownSource: Reasons
}

/** Most dead letters to read, the newest first, because one can be megabytes long. */
const mostRead = 200

/** Counts the archived dead letters, and among the newest 200 those of each source, with their reasons. */
export async function countDeadLetters(ops: StoreReader): Promise<DeadLetters> {
  const keys: string[] = []
  for await (const { key } of listAll(ops, 'dead/')) {
    if (/^dead\/dt=[^/]+\/[^/]+\.json$/.test(key)) keys.push(key)
  }
  const read = await inParallel(keys.slice(-mostRead), async (key) => {
    const object = await ops.get(key)
    return object && readDeadLetter(object.body)
  })
  const letters = read.filter((letter) => letter !== undefined)
  const { true: known = [], false: unknown = [] } = Object.groupBy(letters, ({ source }) =>
    source === undefined ? 'false' : 'true',
  )
  const perSource = [...Map.groupBy(known, ({ source = '' }) => source)]
  return {
    total: keys.length,
    bySource: new Map(perSource.map(([source, { length }]) => [source, length])),
    reasons: new Map(perSource.map(([source, ofSource]) => [source, reasonsOf(ofSource)])),
    ofUnknownSource: keys.length - known.length,
    reasonsOfUnknownSource: reasonsOf(unknown),
  }
}

/** Letters of older versions say no reason. */
function reasonsOf(letters: readonly { readonly reason?: string }[]): Reasons {
  const byReason = Map.groupBy(letters, ({ reason = 'unknown' }) => onOneLine(reason.slice(0, 40)))
  return Object.fromEntries([...byReason].map(([reason, { length }]) => [reason, length] as const).sort(mostFirst))
}

const mostFirst = ([a, ofA]: readonly [string, number], [b, ofB]: readonly [string, number]): number =>
  ofB - ofA || (a < b ? -1 : 1)

/** A line for each source with dead letters: their reasons. */
export function* deadLettersText(reasons: Iterable<readonly [string, Reasons | undefined]>): Generator<string> {
  for (const [source, ofSource = {}] of new Map(reasons)) {
    const texts = Object.entries(ofSource).map(([reason, count]) => `${count} ${reason}`)
    if (texts.length > 0) yield `${onOneLine(source)}, dead letters: ${texts.join(', ')}`
  }
}
