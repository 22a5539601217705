import type { Permissions } from './permissions.ts'
import type { Principal, Principals } from './principals.ts'
import type { WebIdentity } from './web-identity.ts'

/**
 * Assumes a role as the bearer of a web identity.
 * @returns a temporary key, whose calls are decided by the role's policies; undefined when the role does not trust it
 */
export function assumeWithWebIdentity(
  roleArn: string,
  identity: WebIdentity,
  { permissions, principals }: { readonly permissions: Permissions; readonly principals: Principals },
): Principal | undefined {
  const caller = permissions.assumeWithWebIdentity(roleArn, identity)
  return caller === undefined ? undefined : principals.createTemporary(caller)
}
