import { setTimeout as sleep } from 'node:timers/promises'
import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { dayOf } from '../../lambdas/core/lake/partition.ts'
import { readObjectStream } from '../../lambdas/core/standing/object-stream.ts'
import { readStream, type StreamFacts } from '../../lambdas/core/standing/polled-stream.ts'
import { ageText, spanText } from '../../lambdas/core/time-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import type { Installation } from '../installation.ts'
import type { Display } from './display.ts'
import { type FoundRow, RowSearch } from './first-row.ts'

export interface WaitOptions {
  readonly source: string
  readonly type: string
  /** What has to happen at the provider, for the line of progress. */
  readonly awaited: string
  readonly signal: AbortSignal
  /** Time between two looks, in milliseconds. @default 2,000 */
  readonly lookMs?: number
}

/** How recently an event of a webhook must have been received to show that the way works, in milliseconds. */
const recentMs = 3_600_000

/** What a look has found. */
export interface Look {
  readonly row?: FoundRow
  /** How to see why an event could not become a row; absent while none failed since the wait began. */
  readonly failure?: string
  /** What the runs say so far, a sentence each without its full stop. */
  readonly says: readonly string[]
}

type WaitPorts = Pick<Installation, 'ops' | 'lake' | 'now'>

/**
 * Looks whether an event of a source is a row of its table. Each look reads what is new since the one before.
 * @param begun when the wait began, in milliseconds since 1970
 */
export class RowWait {
  readonly #ports: WaitPorts
  readonly #feeds: ReturnType<typeof feedsOf>
  readonly #source: string
  readonly #begun: number
  readonly #search: RowSearch
  readonly #failures: RowSearch
  #failure: string | undefined

  constructor(ports: WaitPorts, { source, type }: Pick<WaitOptions, 'source' | 'type'>, begun: number) {
    this.#ports = ports
    this.#feeds = feedsOf(type)
    this.#source = source
    this.#begun = begun
    this.#search = new RowSearch(ports.lake, source)
    this.#failures = new RowSearch(ports.lake, source)
  }

  async look(): Promise<Look> {
    const { ops, now } = this.#ports
    const states = await inParallel(this.#feeds, async ({ stream, inBucket }) => {
      if (stream === undefined) return undefined
      return inBucket ? readObjectStream(ops, this.#source, now()) : readStream(ops, this.#source, stream, now())
    })
    const says = states.flatMap((state) => stateText(state, now()))
    for (const [index, { table, stream }] of this.#feeds.entries()) {
      const { lastEventAt } = states[index] ?? {}
      // A stream without events has no rows to search for.
      if (stream !== undefined && lastEventAt === undefined) continue
      const row = await this.#search.look(table, lastEventAt === undefined ? [] : [dayOf(lastEventAt)])
      // An older row proves nothing of the way to a webhook, which no function can check.
      if (row && (stream !== undefined || row.receivedAt >= this.#begun - recentMs)) return { row, says }
    }
    const failed = this.#failure === undefined && (await this.#failures.look(classificationFailures.table))
    if (failed && failed.receivedAt >= this.#begun) {
      this.#failure = `An event of ${this.#source} could not become a row. To see why, ask (npm run query, or Athena): select reason, detail from open_failures where p_source_id = '${this.#source}'`
    }
    return { says, ...(this.#failure !== undefined && { failure: this.#failure }) }
  }
}

/**
 * Waits until an event of a source is a row of its table.
 * @returns the row; `undefined` when the signal ended the wait
 */
export async function waitForRow(
  ports: WaitPorts,
  display: Display,
  { source, type, awaited, signal, lookMs = 2_000 }: WaitOptions,
): Promise<FoundRow | undefined> {
  const { now } = ports
  const begun = now()
  const wait = new RowWait(ports, { source, type }, begun)
  let isNoted = false
  while (!signal.aborted) {
    const { row, failure, says } = await wait.look()
    if (row) return row
    if (failure !== undefined && !isNoted) display.note(failure)
    isNoted = failure !== undefined
    display.progress([`Waiting for ${awaited}: ${spanText(now() - begun)}`, ...says].join('. '))
    await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

/** What the last run of a stream says. */
function stateText(state: StreamFacts | undefined, now: number): string[] {
  if (state === undefined) return []
  const { lastRun, lastEventAt } = state
  if (lastEventAt !== undefined) return ['An event was read and becomes a row']
  if (lastRun === undefined) return ['No run has ended yet; one begins every minute']
  const detail = lastRun.detail === undefined ? lastRun.outcome : onOneLine(lastRun.detail)
  return [`Last run ${ageText(lastRun.at, now)}: ${lastRun.outcome === 'done' ? 'no event' : detail}`]
}
