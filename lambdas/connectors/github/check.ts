import { AuthError } from '../../core/errors.ts'
import { isPlainObject, plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import type { Checked } from '../../core/poll/stream.ts'
import { tokenExpiry } from './answer.ts'
import type { GithubClient } from './client.ts'

/**
 * Plans of organizations without the audit log's API:
 * https://docs.github.com/en/get-started/learning-about-github/githubs-plans
 */
const lesserPlans = new Set(['free', 'team'])

/** The scope that is enough. */
const enough = 'read:audit_log'

/**
 * What GitHub says of the organization and of the person behind the token. Where it says nothing, nothing is found out.
 * https://docs.github.com/en/rest/orgs/orgs#get-an-organization
 * @throws {AuthError} when the log cannot be read by this credential
 */
export async function checkOrganization(client: GithubClient, name: string, what: string): Promise<Checked> {
  const organization = encodeURIComponent(name)
  const asked = await client.get(`${client.apiUrl}/orgs/${organization}`)
  const { answer } = asked
  if (answer.status === 404) {
    throw new AuthError(
      `${what}: GitHub shows this credential no organization of that name. Check the setting name, and that the token ` +
        'belongs to an owner of the organization',
      { fault: 'wrong-organization' },
    )
  }
  const plan = memberOf(answer, 'plan')
  if (isPlainObject(plan) && lesserPlans.has(String(plan.name))) {
    throw new AuthError(`${what}: the organization is not on GitHub Enterprise Cloud, whose API alone has the log`, {
      fault: 'plan',
    })
  }
  const membership = await client.get(`${client.apiUrl}/user/memberships/orgs/${organization}`)
  if (memberOf(membership.answer, 'role') === 'member') {
    throw new AuthError(
      `${what}: the token belongs to a member of the organization who is not an owner; make one as an owner`,
      { fault: 'role' },
    )
  }
  return factsOf(asked)
}

/** What GitHub says of a token whatever it may do: https://docs.github.com/en/rest/rate-limit/rate-limit */
export async function checkToken(client: GithubClient): Promise<Checked> {
  return factsOf(await client.get(`${client.apiUrl}/rate_limit`))
}

const memberOf = (answer: HttpAnswer, name: string): unknown =>
  answer.status === 200 ? plainObjectIn(answer.bytes)?.[name] : undefined

/** Expiry and scopes of a token, which every answer names. */
function factsOf({ answer, token }: Awaited<ReturnType<GithubClient['get']>>): Checked {
  const { headers } = answer
  const expiresAt = tokenExpiry(answer, token)
  const scopes = (headers.get('x-oauth-scopes') ?? '').split(',').filter((scope) => scope.trim() !== '')
  const isBroad = scopes.some((scope) => scope.trim() !== enough)
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    ...(isBroad && { remarks: [`The token may do more than it must: the scope ${enough} is enough.`] }),
  }
}
