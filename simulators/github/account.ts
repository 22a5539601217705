import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

/** The organization and the person behind the token. */
export interface AccountOptions {
  /** @default 'enterprise' */
  readonly plan?: string
  /** Role of the person in the organization. @default 'admin' */
  readonly role?: 'admin' | 'member'
  /** When the token expires, in milliseconds since 1970. @default never */
  readonly tokenExpiresAt?: number
  /** Scopes of the token. @default that of the audit log */
  readonly scopes?: readonly string[]
  /** Whether the person is in the organization; strangers see only what is public. @default true */
  readonly isMember?: boolean
}

/**
 * What GitHub answers about an organization, a membership and the rate limit; `undefined` for another path.
 * https://docs.github.com/en/rest/orgs/orgs#get-an-organization
 * https://docs.github.com/en/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user
 */
export function accountAnswer(
  path: string,
  organization: string,
  { plan = 'enterprise', role = 'admin', tokenExpiresAt, scopes = ['read:audit_log'], isMember = true }: AccountOptions,
): SimulatedAnswer | undefined {
  const expiry = tokenExpiresAt === undefined ? undefined : new Date(tokenExpiresAt).toISOString()
  const headers: Record<string, string> = {
    'x-oauth-scopes': scopes.join(', '),
    ...(expiry !== undefined && {
      'github-authentication-token-expiration': `${expiry.slice(0, 10)} ${expiry.slice(11, 19)} UTC`,
    }),
  }
  const bodies: Readonly<Record<string, unknown>> = {
    [`/orgs/${organization}`]: {
      login: organization,
      id: 90_210,
      ...(isMember && { plan: { name: plan, seats: 10 } }),
    },
    ...(isMember && {
      [`/user/memberships/orgs/${organization}`]: { state: 'active', role, organization: { login: organization } },
    }),
    '/rate_limit': { resources: {} },
  }
  const body = bodies[path]
  return body === undefined ? undefined : { status: 200, headers, body }
}
