import { parsePolicy } from '../../aws/iam/policy.ts'
import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import type { Site } from './site.ts'

export function role(declared: Declared, site: Site): ResourceValues {
  declared.refuse('PermissionsBoundary', 'it would allow more than that')
  const name = declared.physicalName('RoleName')
  const roleArn = `arn:aws:iam::${site.gateway.accountId}:role/${name}`
  attachPolicies(declared, site, roleArn)
  // The trust policy guards the role itself, so its statements name no resource.
  const { Statement: trust = [] } = declared.object('AssumeRolePolicyDocument').properties
  const statements = [trust].flat().filter(isObject)
  const guarding = statements.map((statement) => ({ ...statement, Resource: roleArn }))
  site.permissions.guard(parsePolicy(declared.id, { Statement: guarding }))
  return { ref: name, attributes: { Arn: roleArn, RoleId: name } }
}

/** The policies inside a role or a user. */
export function attachPolicies(declared: Declared, site: Site, arn: string): void {
  declared.refuse('ManagedPolicyArns', 'roles and users have policies of their own')
  declared.list('Policies').forEach((policy, index) => {
    const document = isObject(policy) && isObject(policy.PolicyDocument) ? policy.PolicyDocument : {}
    site.permissions.attach(arn, parsePolicy(`${declared.id}.Policies[${index}]`, document))
  })
}

/** A separate policy, inline or managed: its statements go to every role and user that it names. */
export function policy(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('PolicyName')
  const iam = `arn:aws:iam::${site.gateway.accountId}`
  const document = declared.object('PolicyDocument').properties
  declared.refuse('Groups', 'there are no groups of users')
  const named = (kind: string, property: string) => declared.list(property).map((one) => `${iam}:${kind}/${one}`)
  for (const arn of [...named('role', 'Roles'), ...named('user', 'Users')]) {
    site.permissions.attach(arn, parsePolicy(declared.id, document))
  }
  if (declared.type !== 'AWS::IAM::ManagedPolicy') return { ref: name, attributes: {} }
  const policyArn = `${iam}:policy/${name}`
  return { ref: policyArn, attributes: { PolicyArn: policyArn } }
}

/** The policy of queues, and the part of a bucket's policy that decides. */
export function resourcePolicy(declared: Declared, site: Site): ResourceValues {
  site.permissions.guard(parsePolicy(declared.id, declared.object('PolicyDocument').properties))
  return { ref: declared.id, attributes: {} }
}
