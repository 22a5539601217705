import { setTimeout as sleep } from 'node:timers/promises'
import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
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

/**
 * Waits until an event of a source is a row of its table.
 * @returns the row; `undefined` when the signal ended the wait
 */
export async function waitForRow(
  { ops, lake, now }: Pick<Installation, 'ops' | 'lake' | 'now'>,
  display: Display,
  { source, type, awaited, signal, lookMs = 2_000 }: WaitOptions,
): Promise<FoundRow | undefined> {
  const search = new RowSearch(lake, source)
  const failures = new RowSearch(lake, source)
  const feeds = feedsOf(type)
  const begun = now()
  let hasFailed = false
  while (!signal.aborted) {
    const states = await inParallel(feeds, async ({ stream, inBucket }) => {
      if (stream === undefined) return undefined
      return inBucket ? readObjectStream(ops, source, now()) : readStream(ops, source, stream, now())
    })
    for (const [index, { table, stream }] of feeds.entries()) {
      const { lastEventAt } = states[index] ?? {}
      // A stream without events has no rows to search for.
      if (stream !== undefined && lastEventAt === undefined) continue
      const row = await search.look(table, lastEventAt === undefined ? [] : [dayOf(lastEventAt)])
      // An older row proves nothing of the way to a webhook, which no function can check.
      if (row && (stream !== undefined || row.receivedAt >= begun - recentMs)) return row
    }
    const failure = hasFailed ? undefined : await failures.look(classificationFailures.table)
    if (failure && failure.receivedAt >= begun) {
      hasFailed = true
      display.note(
        `An event of ${source} could not become a row. The reason: select * from open_failures where p_source_id = '${source}'`,
      )
    }
    const elapsed = `Waiting for ${awaited}: ${spanText(now() - begun)}`
    display.progress([elapsed, ...states.flatMap((state) => stateText(state, now()))].join('. '))
    await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** What the last run of a stream says. */
function stateText(state: StreamFacts | undefined, now: number): string[] {
  if (state === undefined) return []
  const { lastRun, lastEventAt } = state
  if (lastEventAt !== undefined) return ['An event was read and becomes a row']
  if (lastRun === undefined) return ['No run has ended yet; one begins every minute']
  const detail = lastRun.detail === undefined ? lastRun.outcome : onOneLine(lastRun.detail)
  return [`Last run ${ageText(lastRun.at, now)}: ${lastRun.outcome === 'done' ? 'no event' : detail}`]
}
