import { createHash } from 'node:crypto'
import { pick, pickWeighted, randomText, randomUuid } from '../shared/seeded-random.ts'
import type { Invented } from '../shared/simulated-feed.ts'

/** Who an audit log is of. */
export interface AuditedOrganization {
  readonly login: string
  readonly id: number
  readonly business: string
  readonly businessId: number
}

type Members = Readonly<Record<string, unknown>>

interface Kind {
  readonly action: string
  readonly operation: string
  readonly weight: number
  readonly members: (facts: Facts) => Members
}

/** What the members of an event are made of. */
interface Facts {
  readonly random: () => number
  readonly org: AuditedOrganization
  readonly repo: string
  readonly repoId: number
  readonly user: string
  readonly time: number
}

const people = ['ada', 'bjorn', 'chidi', 'dana', 'emil', 'farah', 'goro', 'hana-ext', 'ines', 'ci-bot[bot]']
const repos = ['widgets', 'gadgets', 'docs', 'infrastructure', 'site']
const countries = ['DE', 'FR', 'JP', 'US', 'BR']
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'octokit-core.js/7.0.2 Node.js/24',
]

const repoMembers = ({ repo, repoId, random }: Facts): Members => ({
  repo,
  repo_id: repoId,
  public_repo: false,
  visibility: pick(['private', 'internal'], random),
})

/** https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization */
const kinds: readonly Kind[] = [
  { action: 'repo.create', operation: 'create', weight: 2, members: repoMembers },
  {
    action: 'repo.access',
    operation: 'modify',
    weight: 1,
    members: (facts) => ({ ...repoMembers(facts), visibility: 'public', previous_visibility: 'private' }),
  },
  {
    action: 'repo.add_member',
    operation: 'modify',
    weight: 2,
    members: (f) => ({ ...repoMembers(f), permission: 'write' }),
  },
  { action: 'org.add_member', operation: 'create', weight: 2, members: () => ({ permission: 'read' }) },
  {
    action: 'org.invite_member',
    operation: 'create',
    weight: 1,
    members: ({ user }) => ({ email: `${user}@example.com` }),
  },
  {
    action: 'org.update_member',
    operation: 'modify',
    weight: 1,
    members: () => ({ permission: 'admin', old_permission: 'read' }),
  },
  {
    action: 'team.add_member',
    operation: 'modify',
    weight: 2,
    members: ({ org }) => ({ team: `${org.login}/platform` }),
  },
  {
    action: 'protected_branch.update_admin_enforced',
    operation: 'modify',
    weight: 1,
    members: (facts) => ({ ...repoMembers(facts), name: 'main', admin_enforced: false }),
  },
  {
    action: 'hook.create',
    operation: 'create',
    weight: 1,
    members: ({ random }) => ({
      active: true,
      config: { content_type: 'json', insecure_ssl: '0', url: 'https://hooks.example.net/in' },
      events: ['push', 'pull_request'],
      hook_id: Math.floor(random() * 1e9),
      name: 'webhook',
    }),
  },
  {
    action: 'workflows.completed_workflow_run',
    operation: 'modify',
    weight: 6,
    members: (facts) => ({
      ...repoMembers(facts),
      completed_at: new Date(facts.time).toISOString(),
      conclusion: pick(['success', 'failure', 'cancelled'], facts.random),
      event: pick(['push', 'schedule'], facts.random),
      head_branch: 'main',
      head_sha: randomText(40, '0123456789abcdef', facts.random),
      name: 'ci',
      run_attempt: 1,
      run_number: Math.floor(facts.random() * 5000),
      started_at: new Date(facts.time - 90_000).toISOString(),
      trigger_id: null,
      workflow_id: Math.floor(facts.random() * 1e8),
      workflow_run_id: 20_000_000_000 + Math.floor(facts.random() * 1e9),
    }),
  },
  {
    action: 'personal_access_token.access_granted',
    operation: 'create',
    weight: 1,
    members: ({ random }) => ({ user_programmatic_access_name: 'deploy', token_id: Math.floor(random() * 1e9) }),
  },
  {
    action: 'integration_installation.repositories_added',
    operation: 'modify',
    weight: 1,
    members: ({ random, repo }) => ({
      integration: 'example-app',
      repositories_added: [Math.floor(random() * 1e9)],
      repositories_added_names: [repo],
      repository_selection: 'selected',
    }),
  },
  // Concerns several organizations: GitHub then sends lists.
  {
    action: 'business.add_organization',
    operation: 'modify',
    weight: 0.5,
    members: ({ org }) => ({ org: [org.login, 'another-org'], org_id: [org.id, 424_242] }),
  },
]

const gitActions = ['git.clone', 'git.fetch', 'git.push']
const gitShare = 0.3

/** How long GitHub keeps Git events, in milliseconds. */
export const gitRetentionMs = 7 * 86_400_000

export const isGit = (action: unknown): boolean => typeof action === 'string' && action.startsWith('git.')

/** Makes up an event; Git events carry other members than the rest, and no `created_at`. */
export function inventAuditEvent(
  org: AuditedOrganization,
  time: number,
  random: () => number,
  withGit: boolean,
): Invented {
  const id = randomText(22, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', random)
  const repoIndex = Math.floor(random() * repos.length)
  const repo = `${org.login}/${repos[repoIndex]}`
  const repoId = 482_001_000 + repoIndex
  const isGitEvent = random() < gitShare
  const members =
    isGitEvent && withGit
      ? gitEvent(org, repo, random)
      : otherEvent({ random, org, repo, repoId, time, user: pick(people, random) })
  return { id, event: { '@timestamp': time, _document_id: id, ...members(time) } }
}

function gitEvent(org: AuditedOrganization, repo: string, random: () => number): (time: number) => Members {
  const anonymous = random() < 0.1
  const actor = pick(people, random)
  return () => ({
    action: pick(gitActions, random),
    ...(anonymous ? {} : { actor, actor_id: idOf(actor) }),
    actor_location: { country_code: pick(countries, random) },
    business: org.business,
    business_id: org.businessId,
    external_id: '',
    hashed_token: createHash('sha256').update(actor).digest('base64'),
    org: org.login,
    org_id: org.id,
    programmatic_access_type: 'Personal access token (classic)',
    repo,
    repository: repo,
    repository_public: false,
    token_id: Math.floor(random() * 1e9),
    transport_protocol: 1,
    transport_protocol_name: 'http',
    user: '',
    user_agent: 'git/2.47.3',
    user_id: 0,
  })
}

function otherEvent(facts: Facts): (time: number) => Members {
  const { random, org, user } = facts
  const kind = pickWeighted(kinds, ({ weight }) => weight, random)
  const actor = pick(people, random)
  return (time) => ({
    action: kind.action,
    actor,
    actor_id: idOf(actor),
    actor_ip: `192.0.2.${1 + people.indexOf(actor)}`,
    actor_is_bot: actor.endsWith('[bot]'),
    actor_location: { country_code: pick(countries, random) },
    business: org.business,
    business_id: org.businessId,
    created_at: time,
    operation_type: kind.operation,
    org: org.login,
    org_id: org.id,
    request_id: randomUuid(random),
    user,
    user_agent: pick(agents, random),
    user_id: idOf(user),
    ...kind.members(facts),
  })
}

const idOf = (login: string): number => 5000 + people.indexOf(login)
