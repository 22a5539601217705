import type { ResourceValues } from '../intrinsics.ts'
import { isObject, TemplateError } from '../template.ts'
import type { Declared } from './declared.ts'
import type { Site } from './site.ts'

export function role(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('RoleName')
  const inline = declared.list('Policies').map((policy) => (isObject(policy) ? policy.PolicyDocument : undefined))
  site.roles.set(name, {
    name,
    policies: inline.filter(isObject),
    managedPolicies: declared.list('ManagedPolicyArns').map(String),
  })
  return { ref: name, attributes: { Arn: `arn:aws:iam::${site.gateway.accountId}:role/${name}`, RoleId: name } }
}

/** A policy of its own, inline or managed: its statements go to every role that it names. */
export function policy(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('PolicyName')
  for (const roleName of declared.list('Roles').map(String)) {
    const holder = site.roles.get(roleName)
    if (holder === undefined)
      throw new TemplateError(`${declared.id}: there is no role "${roleName}" to give the policy to`)
    holder.policies.push(declared.object('PolicyDocument').properties)
  }
  const policyArn = `arn:aws:iam::${site.gateway.accountId}:policy/${name}`
  return { ref: declared.type === 'AWS::IAM::ManagedPolicy' ? policyArn : name, attributes: { PolicyArn: policyArn } }
}
