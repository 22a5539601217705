import type { Fault } from '../../core/errors.ts'

/** What a code of Slack means. */
export interface Meaning {
  /** `cursor` for what concerns the place in the log alone. */
  readonly kind: 'auth' | 'config' | 'transient' | 'cursor'
  readonly fault?: Fault
  /** What happened and what to do; `{scope}` is the scope needed, `{teamId}` the setting. */
  readonly says: string
}

const newToken = 'Put a new user token with the scope {scope} into the secret of the source'

const limited: Meaning = { kind: 'transient', says: 'too many requests' }
const outage: Meaning = { kind: 'transient', says: 'Slack could not answer' }
const migrating: Meaning = { kind: 'transient', says: 'Slack is moving the workspace into an organization' }
const place: Meaning = { kind: 'cursor', says: 'Slack refused the page' }
/** Also what a refusal with an unknown code most likely means. */
export const request: Meaning = {
  kind: 'config',
  says: 'Slack does not take the request: check the settings of the source, apiUrl among them',
}
const noToken: Meaning = {
  kind: 'auth',
  says: 'no token reached Slack: check that nothing between here and Slack removes the header Authorization',
}
const invalid: Meaning = {
  kind: 'auth',
  fault: 'expired-or-revoked',
  says:
    'Slack does not accept the token. It is wrong or revoked, its address is not allowed, or its user does not belong ' +
    `to the workspace (teamId: {teamId}). ${newToken}`,
}
const expired: Meaning = { kind: 'auth', fault: 'expired-or-revoked', says: `the token has expired. ${newToken}` }
const role: Meaning = {
  kind: 'auth',
  fault: 'role',
  says:
    'the user of the token may not read this log. It takes an owner of the organization (audit logs), or an ' +
    `administrator or owner of the workspace. ${newToken} of such a user`,
}
const organization: Meaning = {
  kind: 'auth',
  fault: 'wrong-organization',
  says:
    'the token does not reach this workspace or organization (teamId: {teamId}). Audit logs need an app that is ' +
    'installed on the organization; other logs need the app on that workspace. Check the settings, or install the app ' +
    'there and put its user token into the secret of the source',
}
const plan: Meaning = {
  kind: 'config',
  fault: 'plan',
  says: "Slack's plan does not include this log: audit logs need an Enterprise plan, access logs a paid one",
}
const workspaceMissing: Meaning = {
  kind: 'config',
  fault: 'settings',
  says:
    'Slack does not take the request. With the token of an organization it needs a workspace: set teamId (now: ' +
    '{teamId}) to its id',
}

/** Slack's error codes, those of both APIs. Unknown ones are judged by their status. */
export const meanings: Readonly<Record<string, Meaning>> = {
  ratelimited: limited,
  rate_limited: limited,
  internal_error: outage,
  fatal_error: outage,
  service_unavailable: outage,
  request_timeout: outage,
  team_added_to_org: migrating,
  org_login_required: { ...migrating, kind: 'auth', says: `${migrating.says}; if it lasts: ${newToken}` },
  invalid_cursor: place,
  // The same page would be refused again, and reading from the first page on would end there too.
  over_pagination_limit: {
    kind: 'transient',
    says: 'Slack shows no page as far from the beginning as this one, so the entries there cannot be reached',
  },
  not_authed: noToken,
  missing_authentication: noToken,
  invalid_auth: invalid,
  invalid_authentication: invalid,
  token_expired: expired,
  token_revoked: {
    kind: 'auth',
    fault: 'expired-or-revoked',
    says: `the token was revoked, the app was removed, or the user who installed it was deactivated. ${newToken}`,
  },
  account_inactive: {
    kind: 'auth',
    fault: 'deactivated',
    says: `the user who installed the app was deactivated, or the app was removed. ${newToken} of an active user`,
  },
  missing_scope: { kind: 'auth', fault: 'scope', says: `the token lacks the scope {scope}. ${newToken}` },
  not_allowed_token_type: {
    kind: 'auth',
    fault: 'wrong-key',
    says: `this log takes a user token (xoxp-…) alone. ${newToken}`,
  },
  user_not_authorized: role,
  no_permission: role,
  not_admin: role,
  access_denied: role,
  team_not_authorized: organization,
  team_access_not_granted: organization,
  invalid_workspace: organization,
  invalid_team_id: { ...organization, kind: 'config' },
  team_not_found: { ...organization, kind: 'config' },
  enterprise_is_restricted: {
    kind: 'config',
    fault: 'wrong-organization',
    says: 'Slack does not show this log to the token of an organization: use the token of a workspace',
  },
  ekm_access_denied: { kind: 'auth', says: 'administrators of the organization have suspended access to its data' },
  accesslimited: {
    kind: 'auth',
    says: 'Slack limits this log to other networks: allow the address of AuditLake there',
  },
  two_factor_setup_required: {
    kind: 'auth',
    says: 'the user of the token must set up two-factor authentication at Slack first',
  },
  paid_only: plan,
  feature_not_enabled: plan,
  not_an_enterprise: plan,
  missing_argument: workspaceMissing,
  invalid_arguments: workspaceMissing,
  method_deprecated: { kind: 'config', says: 'Slack has withdrawn this log: update AuditLake' },
  deprecated_endpoint: { kind: 'config', says: 'Slack has withdrawn this log: update AuditLake' },
  bad_endpoint: request,
  method_not_allowed: request,
  unknown_method: request,
  invalid_action: request,
  invalid_range: request,
  invalid_limit: request,
}
