import { AuthError } from '../../core/errors.ts'
import { isText } from '../../core/json/forms.ts'
import type { Json } from '../../core/json/json.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import type { Checked } from '../../core/poll/stream.ts'
import { membersIn, wholeNumber } from './answer.ts'
import type { Asked, SlackClient } from './client.ts'

interface Expected {
  /** Name of the log; begins every message. */
  readonly what: string
  /** The scope that the token needs. */
  readonly scope: string
}

/** Whose token it is. */
interface Identity extends Checked {
  readonly members: Readonly<Record<string, unknown>>
  readonly remarks: readonly string[]
}

/** Checks that the token was given by the organization that the settings name, for the whole of it. */
export async function checkAuditToken(
  client: SlackClient,
  { enterpriseId, ...expected }: Expected & { readonly enterpriseId: Json | undefined },
): Promise<Checked> {
  const { members, ...checked } = identityOf(await client.authTest(), expected)
  const { enterprise_id: enterprise, is_enterprise_install: isOfOrganization } = members
  if (isText(enterpriseId) && enterprise !== enterpriseId) {
    throw wrong(expected.what, `the token belongs to ${named(enterprise)}, and enterpriseId names ${enterpriseId}`)
  }
  if (isOfOrganization === false) {
    throw wrong(
      expected.what,
      'the app is installed on a workspace. Install it on the organization (choose the organization when Slack asks ' +
        'where to install it), and put the new user token into the secret of the source',
    )
  }
  return checked
}

/** Checks that the token belongs to the workspace that the settings name, or to an organization that may reach it. */
export async function checkWorkspaceToken(
  client: SlackClient,
  { teamId, ...expected }: Expected & { readonly teamId: string | undefined },
): Promise<Checked> {
  const { members, remarks, ...checked } = identityOf(await client.authTest(), expected)
  const { team_id: team, is_enterprise_install: isOfOrganization } = members
  if (teamId !== undefined && isOfOrganization !== true && team !== teamId) {
    throw wrong(expected.what, `the token belongs to ${named(team)}, and teamId names ${teamId}`)
  }
  const broad =
    'The scope admin, which Slack demands for these logs, also allows much else: keep the token as safe as the ' +
    'password of an administrator.'
  const wide =
    'The token is one of an organization. Without teamId Slack shows the access logs of the whole organization, and ' +
    'may refuse the integration logs.'
  return { ...checked, remarks: [...remarks, broad, ...(isOfOrganization === true && !teamId ? [wide] : [])] }
}

function identityOf(asked: Asked, { what, scope }: Expected): Identity {
  const members = membersIn(asked, { what, scope, withCursor: false })
  const { answer, credential } = asked
  const granted = answer.headers
    .get('x-oauth-scopes')
    ?.split(/[\s,]+/)
    .filter((one) => one !== '')
  if (granted && !granted.includes(scope)) {
    const has = granted.length === 0 ? 'no scope' : words(granted, asked)
    throw new AuthError(
      `${what}: the token lacks the scope ${scope} (it has: ${has}). Install the app again with that user scope, and ` +
        'put the new user token into the secret of the source',
      { fault: 'scope' },
    )
  }
  const seconds = wholeNumber(members.expires_in)
  const expiresAt = credential.expiresAt ?? (seconds ? answer.receivedAt + seconds * 1000 : undefined)
  const others = granted?.filter((one) => one !== scope) ?? []
  const more = `The token has more scopes than the one that is needed: ${words(others, asked)}.`
  return { members, ...(expiresAt !== undefined && { expiresAt }), remarks: others.length > 0 ? [more] : [] }
}

const words = (scopes: readonly string[], { credential }: Asked): string =>
  providerWords(scopes.join(', '), [credential.token])

const wrong = (what: string, problem: string): AuthError =>
  new AuthError(`${what}: ${problem}`, { fault: 'wrong-organization' })

/** Ids alone are repeated. */
export const named = (id: unknown): string => (isText(id) && /^[A-Z][A-Z0-9]{1,20}$/.test(id) ? id : 'another place')
