import { createHash } from 'node:crypto'
import { githubEvents } from '../simulators/github/payloads.ts'
import { seededRandom } from '../simulators/shared/seeded-random.ts'

const countries = ['US', 'DE', 'JP', 'BR', 'IN']
const actions = [
  'git.clone',
  'git.fetch',
  'org.add_member',
  'protected_branch.policy_override',
  'pull_request.merge',
  'repo.create',
  'team.add_member',
  'workflows.completed_workflow_run',
]

/**
 * Audit-log events of GitHub as newline-delimited JSON, about 1.7 kB each: a company of some hundred people whose
 * builds and pull requests fill the log. The same seed gives the same bytes.
 */
export function auditEvents(count: number, seed = 1): Buffer {
  const random = seededRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = (values: readonly string[]) => values[below(values.length)]
  const hash = (text: string, encoding: 'hex' | 'base64' | 'base64url') =>
    createHash('sha256').update(text).digest(encoding)
  const lines = Array.from({ length: count }, (_, index) => {
    const time = 1_780_000_000_000 + index * 137 + below(100)
    const actor = `octo-${below(400)}`
    const repo = `acme/service-${below(120)}`
    const run = below(10 ** 10)
    return JSON.stringify({
      '@timestamp': time,
      _document_id: hash(String(index), 'base64url').slice(0, 22),
      action: pick(actions),
      actor,
      actor_id: below(10 ** 8),
      actor_ip: `192.0.2.${below(256)}`,
      actor_is_bot: random() < 0.1,
      actor_location: { country_code: pick(countries) },
      business: 'acme-corporation',
      business_id: 4_242,
      created_at: time,
      operation_type: pick(['create', 'access', 'modify', 'remove']),
      org: 'acme',
      org_id: 99_887,
      repo,
      repo_id: below(10 ** 8),
      public_repo: false,
      visibility: 'private',
      user: actor,
      user_id: below(10 ** 8),
      user_agent:
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      request_id: `${hash(`r${index}`, 'hex').slice(0, 8)}:${hash(`q${index}`, 'hex').slice(0, 24)}`.toUpperCase(),
      hashed_token: hash(actor, 'base64'),
      token_id: below(10 ** 9),
      token_scopes: 'repo,read:org,workflow',
      programmatic_access_type: 'OAuth access token',
      external_identity_nameid: `${actor}@example.com`,
      external_identity_username: actor,
      head_branch: 'main',
      head_sha: hash(`c${index}`, 'hex').slice(0, 40),
      name: 'Build and test',
      workflow_id: below(10 ** 8),
      workflow_run_id: run,
      event: 'push',
      started_at: new Date(time - 240_000).toISOString(),
      completed_at: new Date(time).toISOString(),
      conclusion: pick(['success', 'success', 'success', 'failure']),
      run_number: below(5_000),
      run_attempt: 1,
      is_hosted_runner: true,
      runner_labels: ['ubuntu-latest', 'x64'],
      job_name: 'build',
      job_workflow_ref: `${repo}/.github/workflows/ci.yml@refs/heads/main`,
      url: `https://github.com/${repo}/actions/runs/${run}`,
      secrets_passed: ['DEPLOY_KEY', 'REGISTRY_TOKEN'],
      team: 'acme/platform',
      pull_request_id: below(10 ** 9),
      pull_request_title: 'Try failed uploads again before giving them up',
      pull_request_url: `https://github.com/${repo}/pull/${below(2_000)}`,
      message: 'Merge the change that lets uploads be tried again',
    })
  })
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** Real webhook payloads of GitHub, one a line, about 8 kB each. */
export function webhookPayloads(count: number): Buffer {
  const texts = githubEvents.map(({ payload }) => JSON.stringify(payload))
  const chosen = texts.filter(({ length }) => length > 7_000 && length < 9_000)
  return Buffer.from(Array.from({ length: count }, (_, index) => `${chosen[index % chosen.length]}\n`).join(''))
}
