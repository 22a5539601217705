import { lastResultOf } from '../poll/outcome.ts'
import { backOff, mustWait } from '../poll/waiting.ts'
import type { StreamConfiguration } from './stream.ts'
import type { ConfigurationCheck } from './stream-state.ts'

/** How often the provider is asked; its own limit is 15 requests an hour. */
const everyMs = 24 * 3_600_000

/**
 * Asks the provider once a day whether its stream is switched on. After an error what it said before is kept.
 * @returns `undefined` when it is not due
 */
export async function checkConfiguration(
  before: ConfigurationCheck | undefined,
  read: () => Promise<readonly StreamConfiguration[]>,
  now: () => number,
): Promise<ConfigurationCheck | undefined> {
  const at = now()
  const isFresh = before?.outcome === 'done' && at - before.at < everyMs
  if (isFresh || mustWait(before?.wait, at)) return undefined
  try {
    return { at, outcome: 'done', streams: await read() }
  } catch (error) {
    const wait = backOff(error, before?.wait, at)
    return { ...lastResultOf(error, at), streams: before?.streams ?? [], wait }
  }
}
