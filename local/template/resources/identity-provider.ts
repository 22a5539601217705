import { providerHost } from '../../aws/iam/web-identity.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import type { Site } from './site.ts'

/** A provider of web identities, which the trust policies of roles name. */
export function identityProvider(declared: Declared, site: Site): ResourceValues {
  const arn = `arn:aws:iam::${site.gateway.accountId}:oidc-provider/${providerHost(declared.text('Url'))}`
  site.permissions.addProvider(arn, declared.list('ClientIdList').map(String))
  return { ref: arn, attributes: { Arn: arn } }
}
