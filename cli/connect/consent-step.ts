import { onOneLine } from '../../local/screen/one-line.ts'
import { consentOf } from '../../settings/stack-facts.ts'
import type { Installation } from '../installation.ts'
import { type CredentialStep, checkStored } from './credential-step.ts'
import { startLink, waitForConsent } from './oauth-link.ts'

export interface ConsentStep extends CredentialStep {
  readonly installation: Pick<Installation, 'facts' | 'ops' | 'secrets' | 'storeSecret' | 'now'>
}

/**
 * Sees to it that the secret holds a credential that works: the stored one, or one that a person gives by consent.
 * @returns whether it works; `undefined` when the operator left
 * @throws {Error} when no link can be made
 */
export async function consentStep(step: ConsentStep): Promise<boolean | undefined> {
  const { installation, target, display, signal, replace } = step
  if (!replace && (await checkStored(step))) return true
  if (!(await hasClientSecret(step))) return undefined
  const { facts, secrets, ops, now } = installation
  const { url, attempt } = await startLink({ facts, sourceId: target.id, secrets, now })
  display.note('\nOpen this link within ten minutes, signed in to the provider with the role above. It works once:')
  display.note(url)
  display.progress('Waiting for the consent')
  const result = await waitForConsent(attempt, { ops, now, signal })
  if (!result) return undefined
  display.note(onOneLine(result.says))
  return result.result === 'stored' && (await checkStored(step))
}

/** Asks for the client secret of the app where there is none. @returns whether there is one */
async function hasClientSecret({ installation, target, person, display }: ConsentStep): Promise<boolean> {
  const { facts, secrets, storeSecret } = installation
  const { clientSecretId } = consentOf(facts, target.id) ?? {}
  if (clientSecretId === undefined || (await secrets.read(clientSecretId, 'AWSCURRENT'))) return true
  // Without a terminal nobody can be asked: the link cannot be made, which its error says.
  if (!person.isThere) return true
  const asked = await person.askFor('the client secret of the app')
  if (asked === undefined) return false
  await storeSecret(clientSecretId, asked.trim())
  display.note('The client secret is stored.')
  return true
}
