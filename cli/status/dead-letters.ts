import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import type { ListedObject, StoreReader } from '../../lambdas/core/ports.ts'
import { deadPrefix, readDeadLetter } from '../../lambdas/core/publish/dead-letters.ts'
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
export const mostRead = 200

/** The archived dead letters, the oldest first. */
export async function listDeadLetters(ops: StoreReader): Promise<ListedObject[]> {
  const letters: ListedObject[] = []
  for await (const object of listAll(ops, deadPrefix)) {
    if (/^dead\/dt=[^/]+\/[^/]+\.json$/.test(object.key)) letters.push(object)
  }
  return letters
}

/** Counts the archived dead letters, and among the newest 200 those of each source, with their reasons. */
export async function countDeadLetters(ops: StoreReader): Promise<DeadLetters> {
  const keys = (await listDeadLetters(ops)).map(({ key }) => key)
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
