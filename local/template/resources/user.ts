import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { attachPolicies } from './role.ts'
import type { Site } from './site.ts'

export function user(declared: Declared, site: Site): ResourceValues {
  for (const property of ['Groups', 'LoginProfile', 'PermissionsBoundary']) {
    declared.refuse(property, 'users have an access key and policies of their own')
  }
  const name = declared.physicalName('UserName')
  const arn = `arn:aws:iam::${site.gateway.accountId}:user/${name}`
  attachPolicies(declared, site, arn)
  site.permissions.represent(name, arn)
  return { ref: name, attributes: { Arn: arn } }
}

export function accessKey(declared: Declared, site: Site): ResourceValues {
  declared.refuse('Status', 'a key is active')
  declared.refuse('Serial', 'a key stays the same')
  // Kept, because the secret into which the template puts it is not changed by a later start.
  const key = site.gateway.principals.keep(declared.text('UserName'), declared.id)
  return { ref: key.accessKeyId, attributes: { SecretAccessKey: key.secretAccessKey } }
}
