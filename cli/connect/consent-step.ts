import { isPlaceholder } from '../../lambdas/core/poll/provider/placeholder.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { consentOf } from '../../settings/stack-facts.ts'
import type { Installation } from '../installation.ts'
import { type CredentialStep, checkStored } from './credential-step.ts'
import { startLink, waitForConsent } from './oauth-link.ts'
import { untilInterrupted } from './until-interrupted.ts'

export interface ConsentStep extends CredentialStep {
  /** Whether to put in another client secret although there is one. */
  readonly asksForClientSecret: boolean
  readonly installation: Pick<Installation, 'facts' | 'ops' | 'secrets' | 'storeSecret' | 'now'>
}

/**
 * Sees to it that the secret holds a credential that works: the stored one, or one that a person gives by consent.
 * @returns whether it works; `undefined` when the operator left
 * @throws {Error} when no link can be made
 */
export async function consentStep(step: ConsentStep): Promise<boolean | undefined> {
  const { installation, target, display, signal, replace, asksForClientSecret } = step
  if (!replace && !asksForClientSecret && (await checkStored(step))) return true
  if (!(await hasClientSecret(step))) return undefined
  const { facts, secrets, ops, now } = installation
  const { url, attempt } = await startLink({ facts, sourceId: target.id, secrets, now })
  display.note('')
  display.note('Open this link within ten minutes, signed in to the provider with the role above. It works once:')
  display.note(url)
  display.progress('Waiting for the consent')
  const result = await waitForConsent(attempt, { ops, now, signal })
  if (!result) return undefined
  display.note(onOneLine(result.says))
  return result.result === 'stored' && (await checkStored(step))
}

/**
 * Stores the client secret of the app: the one on stdin, or the one that is asked for because there is none or another
 * one is to be put in.
 * @returns whether there is one
 * @throws {Error} when there is none, and stdin neither holds one nor is a terminal
 */
async function hasClientSecret(step: ConsentStep): Promise<boolean> {
  const { installation, target, person, display, asksForClientSecret } = step
  const { facts, secrets, storeSecret } = installation
  const { clientSecretId } = consentOf(facts, target.id) ?? {}
  if (clientSecretId === undefined) return true
  const given = await untilInterrupted(person.given, step.signal)
  const isStored = (await secrets.read(clientSecretId, 'AWSCURRENT')) !== undefined
  if (given === undefined && isStored && !asksForClientSecret) return true
  if (given === undefined && !person.isThere) {
    throw new Error(
      `The client secret of the app is missing: pass it on stdin, as in npm run connect -- ${target.id} < FILE`,
    )
  }
  const secret = given ?? (await person.askFor('the client secret of the app'))
  if (secret === undefined) return false
  const text = secret.trim()
  if (text === '' || /\s/.test(text) || isPlaceholder(text))
    throw new Error(
      'The client secret is empty, holds a space or a line break, or is a placeholder, so it was not stored. Copy it again from the page of the app.',
    )
  await storeSecret(clientSecretId, text)
  display.note('The client secret is stored.')
  return true
}
