import { pick, pickWeighted, randomText, randomUuid } from '../shared/seeded-random.ts'
import type { Invented } from '../shared/simulated-feed.ts'

export interface SimulatedOrganization {
  readonly id: string
  readonly uuid: string
}

type Members = Readonly<Record<string, unknown>>

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789'
const idOf = (prefix: string, random: () => number): string => `${prefix}_01${randomText(22, alphabet, random)}`
const names = ['ada', 'bjorn', 'chidi', 'dana', 'emil', 'farah', 'goro', 'hana']
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

const place = (random: () => number): Members => ({
  ip_address: `198.51.100.${1 + Math.floor(random() * 250)}`,
  user_agent: agent,
})

const user = (random: () => number): Members => {
  const name = pick(names, random)
  return { type: 'user_actor', email_address: `${name}@example.com`, user_id: `user_01${name}`, ...place(random) }
}

/** Every kind of actor that is documented, and one that is not: the set is open. */
const actors: readonly { readonly weight: number; readonly actor: (random: () => number) => Members }[] = [
  { weight: 12, actor: user },
  { weight: 2, actor: (random) => ({ type: 'api_actor', api_key_id: idOf('apikey', random), ...place(random) }) },
  { weight: 2, actor: (r) => ({ type: 'admin_api_key_actor', admin_api_key_id: idOf('apikey', r), ...place(r) }) },
  {
    weight: 1,
    actor: (r) => ({
      type: 'unauthenticated_user_actor',
      unauthenticated_email_address: r() < 0.5 ? null : 'someone@example.net',
      ...place(r),
    }),
  },
  { weight: 1, actor: () => ({ type: 'anthropic_actor', email_address: null }) },
  { weight: 1, actor: (random) => ({ type: 'system_actor', service: random() < 0.5 ? null : 'retention' }) },
  { weight: 1, actor: (r) => ({ type: 'service_account_actor', service_account_id: idOf('svac', r), ...place(r) }) },
  {
    weight: 1,
    actor: (r) => ({
      type: 'scim_directory_sync_actor',
      workos_event_id: idOf('event', r),
      directory_id: 'directory_01',
      idp_connection_type: null,
    }),
  },
  {
    weight: 0.5,
    actor: (r) => ({
      type: 'federated_identity_actor',
      issuer: 'https://issuer.example',
      subject: 'repo:example/site',
      audience: ['a', 'b'],
      ...place(r),
    }),
  },
  {
    weight: 0.5,
    actor: () => ({
      type: 'federated_actor',
      provider: { type: 'gcp', project_number: '123456789012' },
      subject: null,
    }),
  },
  {
    weight: 0.5,
    actor: (r) => ({
      type: 'attested_device_actor',
      external_client_id: idOf('client', r),
      kid_hash: randomText(64, '0123456789abcdef', r),
    }),
  },
  {
    weight: 0.5,
    actor: (r) => ({ type: 'actor_of_tomorrow', tomorrow_id: idOf('tomorrow', r), traits: { level: 3 } }),
  },
]

/** A few of several hundred types, and one that nobody knows. */
const types: readonly {
  readonly type: string
  readonly weight: number
  readonly members: (random: () => number) => Members
}[] = [
  {
    type: 'claude_chat_created',
    weight: 6,
    members: (r) => ({ claude_chat_id: idOf('claude_chat', r), claude_project_id: idOf('claude_proj', r) }),
  },
  { type: 'claude_chat_viewed', weight: 6, members: (r) => ({ claude_chat_id: idOf('claude_chat', r) }) },
  {
    type: 'claude_file_uploaded',
    weight: 3,
    members: (r) => ({ claude_file_id: idOf('claude_file', r), filename: 'Übersicht 📈.csv' }),
  },
  {
    type: 'api_key_created',
    weight: 1,
    members: (r) => ({ api_key_id: idOf('apikey', r), scopes: ['user:inference'] }),
  },
  {
    type: 'org_user_invite_sent',
    weight: 1,
    members: () => ({ invited_email: 'new@example.com', invited_role: 'user' }),
  },
  {
    type: 'group_member_added',
    weight: 1,
    members: (r) => ({ group_id: idOf('group', r), member_ids: [idOf('user', r)] }),
  },
  {
    type: 'claude_organization_settings_updated',
    weight: 1,
    members: () => ({ updates: [{ type: 'data_retention', previous_value: 30, current_value: 'forever' }] }),
  },
  { type: 'activity_of_tomorrow', weight: 0.5, members: () => ({ tomorrow: { depth: [1, [2, [3]]] }, huge: 5 }) },
]

/** Signing in and out belongs to no organization. */
const withoutOrganization = ['sso_login_succeeded', 'user_logged_out']

const created = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

/** Makes up an activity of one of the organizations, or of none. */
export function inventActivity(
  organizations: readonly SimulatedOrganization[],
  time: number,
  random: () => number,
): Invented {
  const id = idOf('activity', random)
  const organization = random() < 0.1 ? undefined : pick(organizations, random)
  const { type, members } = pickWeighted(types, ({ weight }) => weight, random)
  const { actor } = pickWeighted(actors, ({ weight }) => weight, random)
  const event = {
    id,
    created_at: created(time),
    organization_id: organization?.id ?? null,
    organization_uuid: organization?.uuid ?? null,
    ...(organization
      ? { actor: actor(random), type, ...members(random) }
      : { actor: user(random), type: pick(withoutOrganization, random) }),
  }
  return { id, event }
}

/** What a request of the Compliance API leaves in the feed. */
export function ownActivity(time: number, url: string, random: () => number): Invented {
  const id = idOf('activity', random)
  const event = {
    id,
    created_at: created(time),
    organization_id: null,
    organization_uuid: null,
    actor: { type: 'api_actor', api_key_id: 'apikey_01Collector', ip_address: '127.0.0.1', user_agent: 'AuditLake' },
    type: 'compliance_api_accessed',
    request_id: `req_${randomUuid(random)}`,
    request_method: 'GET',
    status_code: 200,
    url,
  }
  return { id, event }
}
