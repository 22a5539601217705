import type { CredentialKind } from '../lambdas/connectors/manifest-set-up.ts'

/**
 * What people put into a secret, in one line: `a classic personal access token with read:audit_log, alone or as
 * {"token": "…"}; or a GitHub App …`. Kinds that differ only in who may have them are named once.
 */
export function credentialText(kinds: readonly CredentialKind[] = []): string {
  return [...new Set(kinds.map(kindText))].join('; or ')
}

function kindText({ name, rights, alone, json }: CredentialKind): string {
  const form = [alone && json !== undefined && 'alone or', json !== undefined && `as ${json}`].filter(Boolean).join(' ')
  return `${name}${rights === undefined ? '' : ` with ${rights}`}${form && `, ${form}`}`
}
