import { setTimeout as sleep } from 'node:timers/promises'
import { type AttemptResult, resultOf } from '../../lambdas/core/oauth/attempts.ts'
import { linkParameter, startPath } from '../../lambdas/core/oauth/flow.ts'
import { type Attempt, attemptMs, newAttempt, sign } from '../../lambdas/core/oauth/signed-link.ts'
import type { ObjectStore, SecretStore } from '../../lambdas/core/ports.ts'
import { consentOf, type StackFacts } from '../../settings/stack-facts.ts'

/** A link with which one person can give the credential of a source, once and within ten minutes. */
export interface StartLink {
  readonly url: string
  readonly attempt: Attempt
}

export interface StartLinkOptions {
  readonly facts: StackFacts
  readonly sourceId: string
  readonly secrets: SecretStore
  /** The functions' time, in milliseconds since 1970. */
  readonly now: () => number
}

/** @throws {Error} when the credential of the source is not given by consent, or a secret for it is empty */
export async function startLink({ facts, sourceId, secrets, now }: StartLinkOptions): Promise<StartLink> {
  const consent = consentOf(facts, sourceId)
  if (!consent) throw new Error(`The settings of ${sourceId} have no "oauth": put its credential in by hand.`)
  const { apiUrl, keySecretId, clientSecretId } = consent
  const read = async (id: string) => (await secrets.read(id, 'AWSCURRENT'))?.value.trim()
  const key = await read(keySecretId)
  if (!key) throw new Error(`The secret ${keySecretId} is empty: put 48 random letters and digits there.`)
  if (!(await read(clientSecretId))) {
    throw new Error(`The secret ${clientSecretId} is empty: put the client secret of the app there first.`)
  }
  const attempt = newAttempt(sourceId, now())
  return { url: `${apiUrl}${startPath(sourceId)}?${linkParameter}=${sign('start', attempt, key)}`, attempt }
}

export interface ConsentWait {
  readonly ops: Pick<ObjectStore, 'get'>
  /** The functions' time, in milliseconds since 1970. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Time between two looks, in milliseconds. @default 2,000 */
  readonly lookMs?: number
}

/** A minute for the requests of the last moment. */
const afterwardsMs = 60_000

/**
 * Waits for what becomes of an opened link.
 * @returns `undefined` when the signal ended the wait
 */
export async function waitForConsent(
  attempt: Attempt,
  { ops, now, signal, lookMs = 2_000 }: ConsentWait,
): Promise<AttemptResult | undefined> {
  // The link may be opened at its last moment, after which the provider's answer is awaited as long again.
  const until = attempt.expiresAt + attemptMs + afterwardsMs
  while (!signal.aborted) {
    const result = await resultOf(ops, attempt)
    if (result) return result
    if (now() > until) return { result: 'refused', says: 'nobody consented while the link was valid; make a new link' }
    await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}
