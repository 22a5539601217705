import type { CredentialKind } from '../../lambdas/connectors/manifest-set-up.ts'
import { plainObjectIn } from '../../lambdas/core/json/forms.ts'
import { isPlaceholder } from '../../lambdas/core/poll/provider/placeholder.ts'

/** The limit of Secrets Manager, in bytes. */
const longest = 65_536

/**
 * Why a text cannot be a credential, without any of the text. Only what no provider has given out is refused, because
 * it would replace a credential that may work; the rest is for the provider to judge.
 */
export function problemOf(credential: string, kinds: readonly CredentialKind[]): string | undefined {
  if (credential === '') return 'No credential was put in.'
  if (Buffer.byteLength(credential) > longest) return `The credential is longer than ${longest} bytes.`
  const problem = credential.startsWith('{') ? problemOfJson(credential, kinds) : problemOfText(credential, kinds)
  return problem ?? (isPlaceholder(credential) ? 'This is an example or a placeholder, not a credential.' : undefined)
}

function problemOfJson(credential: string, kinds: readonly CredentialKind[]): string | undefined {
  const members = plainObjectIn(credential)
  if (members === undefined) return 'The credential looks like JSON but cannot be read as JSON.'
  // A kind without a form may be JSON by itself, such as a key file.
  if (kinds.some(({ json }) => json === undefined)) return undefined
  const fits = ({ json = '' }: CredentialKind) =>
    Object.keys(plainObjectIn(json) ?? {}).every((name) => Object.hasOwn(members, name))
  return kinds.some(fits) ? undefined : `The JSON lacks a member: it has to be ${formsOf(kinds)}.`
}

function problemOfText(credential: string, kinds: readonly CredentialKind[]): string | undefined {
  if (!kinds.some(({ alone }) => alone)) return `The credential has to be ${formsOf(kinds)}.`
  return /\s/.test(credential) ? 'The credential has a space or a line break inside.' : undefined
}

const formsOf = (kinds: readonly CredentialKind[]): string =>
  [...new Set(kinds.flatMap(({ json }) => json ?? []))].join(' or ')
