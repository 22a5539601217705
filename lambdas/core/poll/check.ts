import { AuthError, ConfigError, errorOf, type Fault, TransientError } from '../errors.ts'
import { isPlainObject } from '../json/forms.ts'
import { detailOf } from './outcome.ts'
import type { KeptSecret } from './provider/kept-secret.ts'
import { isPlaceholder } from './provider/placeholder.ts'
import type { Checked, StreamConnector } from './stream.ts'
import type { StreamFacts } from './stream-facts.ts'

/** The event with which a command asks a function to check the credential and the settings of its source. */
export const checkEvent = { auditlake: 'check' } as const

export const isCheckEvent = (event: unknown): boolean =>
  isPlainObject(event) && event.auditlake === checkEvent.auditlake

/** What a function answers to `checkEvent`. */
export interface CheckAnswer {
  readonly checks: readonly StreamCheck[]
}

/** Whether a stream works with the credential and the settings as they are. */
export interface StreamCheck extends Checked {
  /** The stream, as rows of `collection_runs` name it. */
  readonly stream: string
  readonly ok: boolean
  /** Absent where the provider's answer does not tell one fault from another. */
  readonly fault?: Fault
  /** The message of the error, which never holds a part of the credential. */
  readonly says?: string
}

/** A stream to check. Both parts throw as `fetchPage` of a stream does. */
export interface Checkable {
  readonly stream: string
  /** Reads something small in the way of a run. */
  read(): Promise<unknown>
  /** Finds out what reading does not show. */
  readonly check?: (() => Promise<Checked>) | undefined
}

/** How much of the past a check asks for, in milliseconds. */
const windowMs = 3_600_000

/** Events that a check asks for. */
const smallPage = 5

/** The check of a feed: one small page of the last hour, published nowhere, and what the connector finds out itself. */
export function feedCheck(
  { id, granularityMs }: StreamFacts,
  connector: StreamConnector,
  now: () => number = Date.now,
): Checkable {
  return {
    stream: id,
    read() {
      const to = Math.ceil(now() / granularityMs) * granularityMs
      const from = Math.floor((to - windowMs) / granularityMs) * granularityMs
      return connector.fetchPage({ from, to, size: smallPage })
    },
    check: connector.check && (() => connector.check?.() ?? Promise.resolve({})),
  }
}

/**
 * Checks the streams of a source, one after another. Nothing is published, and no state changes.
 * @param secret the credential, to be read anew; absent for a source without one
 */
export async function checkStreams(streams: readonly Checkable[], secret?: KeptSecret): Promise<CheckAnswer> {
  const unusable = await errorOf(async () => secret && checkText(await secret.value()))
  const checks: StreamCheck[] = []
  for (const one of streams) checks.push(unusable ? failed(one.stream, unusable) : await checkStream(one))
  return { checks }
}

/** @throws {AuthError} when no provider could have given out such a text */
function checkText(secret: string): void {
  if (!isPlaceholder(secret)) return
  const problem = 'the secret holds an example or a placeholder in place of a credential'
  throw new AuthError(problem, { unasked: true, fault: 'placeholder' })
}

async function checkStream({ stream, read, check = async () => ({}) }: Checkable): Promise<StreamCheck> {
  const refused = await errorOf(read)
  if (faultIn(refused) !== undefined) return failed(stream, refused)
  try {
    const checked = await check()
    return refused ? failed(stream, refused) : { stream, ok: true, ...checked }
  } catch (error) {
    // A provider may say more of the credential than of the page that it refuses.
    // Where it does not, and where nothing else would tell whose credential it is, the first error counts.
    return failed(stream, refused && faultIn(error) === undefined ? refused : error)
  }
}

function failed(stream: string, error: unknown): StreamCheck {
  const fault = faultIn(error)
  const says = detailOf(error)
  return { stream, ok: false, ...(fault !== undefined && { fault }), ...(says !== undefined && { says }) }
}

function faultIn(error: unknown): Fault | undefined {
  const isOurs = error instanceof AuthError || error instanceof ConfigError || error instanceof TransientError
  return isOurs ? error.fault : undefined
}
