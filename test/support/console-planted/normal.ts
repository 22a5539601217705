import type { EventRow, Run, RunLane, SourceCard, SqlCatalog } from '../../../console/api.ts'
import { loadSavedQueries } from '../../../schemas/compiler/saved-queries.ts'
import { githubAudit } from '../../../schemas/generated/github_audit.ts'
import { githubWebhook } from '../../../schemas/generated/github_webhook.ts'
import { slackAuditlogs } from '../../../schemas/generated/slack_auditlogs.ts'
import { type ConsoleWorld, hour, now, whole } from './world.ts'

const minute = 60_000
const day = 24 * hour

/** A secret that nothing but the button may show. */
export const plantedSecret = 'whsec-planted-5f3e'

/** A wave with a pause, the same in every run. */
const wave = (length: number, height: number, seed: number): number[] =>
  Array.from({ length }, (_, index) =>
    index % 17 === seed
      ? 0
      : Math.max(0, Math.round(height * (1 + Math.sin((index + seed) / 5)) + ((index * 7 + seed) % 5) - 2)),
  )

/** A card that says nothing but what it is given. */
const card = (facts: Pick<SourceCard, 'source' | 'standing'> & Partial<SourceCard>): SourceCard => ({
  credential: 'unknown',
  openFailures: 0,
  deadLetters: 0,
  canConnect: true,
  ...facts,
})

const sources: readonly SourceCard[] = [
  card({
    source: 'github-webhooks',
    label: 'GitHub acme',
    type: 'github-webhook',
    feed: 'webhook',
    standing: { word: 'working', needsPerson: false },
    lastEventAt: now - 4_000,
    rejected: { count: 3, lastAt: now - 5 * hour, lastReason: 'bad_credential' },
    openFailures: 2,
  }),
  card({
    source: 'github-audit',
    label: 'GitHub acme, audit log',
    type: 'github-audit',
    stream: 'github.audit',
    feed: 'polled',
    standing: { word: 'working', needsPerson: false },
    lastEventAt: now - 90_000,
    lagMs: 42_000,
    lastRun: { at: now - 20_000, outcome: 'done' },
    credential: 'accepted',
  }),
  card({
    source: 'slack-audit',
    label: 'Slack Acme',
    type: 'slack-audit',
    stream: 'slack.audit-logs',
    feed: 'polled',
    standing: {
      word: 'refused',
      why: 'Slack refused the credential: invalid_auth. The token xoxp-… was revoked or belongs to another organization, or the app lacks the scope auditlogs:read',
      remedy:
        'Put another one in, stored as arn:aws:secretsmanager:eu-central-1:111122223333:secret:auditlake/slack-audit: npm run connect -- slack-audit',
      needsPerson: true,
    },
    lastEventAt: now - 9 * hour,
    lagMs: 9 * hour,
    lastRun: { at: now - 3 * minute, outcome: 'credentials', detail: 'Slack refused the credential: invalid_auth' },
    waitsUntil: now + 12 * minute,
    credential: 'refused',
    deadLetters: 4,
  }),
  card({
    source: 'slack-workspace',
    label: 'Slack Acme workspace',
    type: 'slack-workspace',
    stream: 'slack.access-logs',
    feed: 'polled',
    standing: {
      word: 'behind',
      why: 'it has been read until 2h 10m ago',
      remedy: 'It catches up by itself',
      needsPerson: false,
    },
    lastEventAt: now - 130 * minute,
    lagMs: 130 * minute,
    lastRun: { at: now - minute, outcome: 'open' },
    credential: 'accepted',
  }),
  card({
    source: 'slack-workspace',
    label: 'Slack Acme workspace',
    type: 'slack-workspace',
    stream: 'slack.integration-logs',
    feed: 'polled',
    standing: {
      word: 'failing',
      why: 'Slack answered 503 with a page of HTML; the provider says nothing of how long',
      remedy: 'It is tried again by itself',
      needsPerson: false,
    },
    lastEventAt: now - 3 * hour,
    lagMs: 8 * minute,
    lastRun: { at: now - 6 * minute, outcome: 'transient', detail: 'Slack answered 503 with a page of HTML' },
    waitsUntil: now + 2 * minute,
  }),
  card({
    source: 'hex-audit',
    label: 'Hex',
    type: 'hex-audit',
    feed: 'webhook',
    standing: {
      word: 'silent',
      why: 'the last event came 1d 2h ago',
      remedy: 'Look at the deliveries of the webhook at the provider, then check: npm run verify -- hex-audit',
      needsPerson: true,
    },
    lastEventAt: now - 26 * hour,
  }),
  card({
    source: 'anthropic',
    label: 'Anthropic',
    type: 'anthropic-activity',
    stream: 'anthropic.activity',
    feed: 'polled',
    standing: {
      word: 'not set up',
      why: 'there is no credential',
      remedy: 'Put the credential in: npm run connect -- anthropic',
      needsPerson: true,
    },
    credential: 'missing',
  }),
]

const people = ['ada@example.com', 'grace@example.com', 'linus', 'ci-bot'] as const
const operations = [
  'repo.create',
  'team.add_member',
  'user_login',
  'org.update_member',
  'protected_branch.destroy',
] as const
const products = ['GitHub', 'Slack', 'Hex'] as const

const rowOf = (index: number): EventRow => ({
  id: `row-${index}`,
  table: 'github_audit',
  dt: '2026-01-15',
  at: now - index * 37_000,
  product: products[index % products.length] ?? '',
  source: ['github-audit', 'slack-audit', 'hex-audit'][index % 3] ?? '',
  operation: operations[index % operations.length] ?? '',
  ...(index % 4 !== 3 && { status: index % 7 === 0 ? 'Failure' : 'Success' }),
  who: people[index % people.length] ?? '',
  ...(index % 5 !== 4 && { address: `203.0.113.${index % 250}` }),
  resource: `acme/site-${index % 9}`,
})

const event = {
  action: 'protected_branch.destroy',
  actor: 'ada@example.com',
  actor_ip: '203.0.113.7',
  org: 'acme',
  repo: 'acme/site-1',
  '@timestamp': now,
}

function runsOf(hours: number): RunLane[] {
  const from = now - hours * hour
  const lane = (
    source: string,
    stream: string,
    everyMs: number,
    change: (run: Run, index: number) => Run,
  ): RunLane => ({
    source,
    stream,
    gaps: [],
    runs: Array.from({ length: Math.floor((hours * hour) / everyMs) }, (_, index) => {
      const startedAt = from + index * everyMs
      const window = { from: startedAt - everyMs, to: startedAt }
      return change(
        {
          kind: 'run',
          startedAt,
          endedAt: startedAt + 2_300,
          outcome: 'done',
          window,
          fetched: index % 13,
          published: index % 7,
        },
        index,
      )
    }),
  })
  const refusedFrom = now - 9 * hour
  return [
    lane('github-audit', 'github.audit', 5 * minute, (run, index) =>
      index % 72 === 40 ? { ...run, kind: 'sweep', endedAt: run.startedAt + 40_000 } : run,
    ),
    {
      ...lane('slack-audit', 'slack.audit-logs', 10 * minute, (run) =>
        run.startedAt < refusedFrom
          ? run
          : {
              ...run,
              outcome: 'credentials',
              detail: 'Slack refused the credential: invalid_auth',
              fetched: 0,
              published: 0,
            },
      ),
      gaps: [{ from: refusedFrom, to: now }],
    },
    {
      ...lane('slack-workspace', 'slack.access-logs', 15 * minute, (run, index) => {
        if (index % 30 === 12) return { ...run, outcome: 'transient', detail: 'Slack answered 503' }
        return index % 40 === 20 ? { ...run, kind: 'backfill', endedAt: run.startedAt + 9 * minute } : run
      }),
      gaps: [{ from: now - 15 * hour, to: now - 14.2 * hour }],
    },
    lane('auditlake', 'github_audit', 90 * minute, ({ window: _, fetched: __, published: ___, ...run }) => ({
      ...run,
      kind: 'merge',
    })),
  ]
}

const tables: SqlCatalog['tables'] = [
  {
    name: 'all_events',
    isView: true,
    description: 'The events of all providers under shared names.',
    columns: [
      'dt',
      'time',
      'metadata_product_name',
      'metadata_event_code',
      'actor_user_email_addr',
      'src_endpoint_ip',
      'status',
    ].map((name) => ({ name, type: name === 'time' ? 'timestamp' : 'string' })),
  },
  ...[githubAudit, githubWebhook, slackAuditlogs].map(({ table, logType, fields }) => ({
    name: table,
    isView: false,
    description: `Events of ${logType}.`,
    columns: fields.map(({ column }) => ({ name: column, type: 'string', description: `What ${column} says.` })),
  })),
]

/** A local run with sources in every state, failures, dead letters and an open redrive. */
export function normalWorld(): ConsoleWorld {
  let redriven = 1_200
  return {
    'GET overview': () => ({
      place: { kind: 'local', name: '/srv/auditlake/.audit-lake', simulated: true },
      now,
      sources,
      totals: { needPerson: 3, openFailures: 2, deadLetters: 4 },
      alarms: [
        {
          name: 'auditlake-credential-slack-audit',
          meaning: 'The provider has refused the credential of the source.',
          heading: 'Credential',
        },
      ],
    }),
    'GET rates': () => ({
      tables: [
        ['github-webhooks', 'github_webhook', undefined, 40],
        ['github-audit', 'github_audit', undefined, 9],
        ['slack-audit', 'slack_auditlogs', undefined, 0],
        ['slack-workspace', 'slack_accesslogs', 'slack.access-logs', 3],
        ['slack-workspace', 'slack_integrationlogs', 'slack.integration-logs', 0.2],
      ].map(([source, table, stream, height], index) => ({
        source: String(source),
        table: String(table),
        ...(stream !== undefined && { stream: String(stream) }),
        hour: { from: now - hour, stepMs: minute, counts: wave(60, Number(height), index) },
        day: { from: now - day, stepMs: 15 * minute, counts: wave(96, Number(height) * 15, index) },
      })),
    }),
    'GET events': ({ query }) => {
      const search = query.get('search')?.toLowerCase() ?? ''
      const before = Number(query.get('before') ?? 0)
      const all = Array.from({ length: 350 }, (_, index) => rowOf(index)).filter(
        (row) =>
          (search === '' || [row.who, row.address, row.resource].some((one) => one?.toLowerCase() === search)) &&
          ['', null, row.source].includes(query.get('source')),
      )
      const rows = all.slice(before, before + 100)
      return { rows, ...(before + 100 < all.length && { next: String(before + 100) }) }
    },
    'GET event': () => ({
      columns: [
        ...Object.entries(event).map(([name, value]) => ({ name, type: 'string', value: whole(String(value)) })),
        { name: 'p_any_ip_addresses', type: 'array(string)', value: whole('["203.0.113.7"]') },
        { name: 'p_any_usernames', type: 'array(string)', value: whole('["ada@example.com","octocat"]') },
        { name: 'p_source_id', type: 'string', value: whole('github-audit') },
      ],
      nulls: 61,
      event: whole(JSON.stringify(event, null, 2)),
    }),
    'GET failures': () => {
      redriven += 350
      return {
        failures: [
          {
            id: 'f-1',
            dt: '2026-01-15',
            receivedAt: now - 20 * minute,
            source: 'github-webhooks',
            logType: 'GitHub.Webhook',
            reason: 'bad_json',
            detail: 'Unexpected end of JSON input at position 4,096',
            content: whole('{"action":"created","sender":{"login":"octocat"},"repository":{"full_na'),
          },
          {
            id: 'f-2',
            dt: '2026-01-14',
            receivedAt: now - day,
            source: 'github-webhooks',
            logType: 'GitHub.Webhook',
            reason: 'no_event_time',
            content: whole('{"action":"created"}'),
          },
        ],
        openFailures: 2,
        history: [
          ['bad_json', 3],
          ['no_event_time', 1],
          ['too_large', 0.4],
        ].map(([reason, height], index) => ({
          reason: String(reason),
          counts: { from: now - 168 * hour, stepMs: hour, counts: wave(168, Number(height), index) },
        })),
        deadLetters: Array.from({ length: 4 }, (_, index) => ({
          key: `dead-letters/v1/dt=2026-01-15/slack-audit/message-${index}.json`,
          archivedAt: now - index * hour,
          source: 'slack-audit',
          queue: 'rows',
          reason: 'received 5 times',
          bytes: 4_096 * (index + 1),
        })),
        deadLetterTotal: 4,
        redrives: [
          {
            id: 'r-2',
            text: `redrive of failures, source github-webhooks: redriven ${redriven}, left 3`,
            isOpen: true,
          },
          { id: 'r-1', text: 'redrive of dead letters: redriven 12, left 0', isOpen: false },
        ],
      }
    },
    'POST redrive': () => ({ id: 'r-3', text: 'redrive of failures: redriven 0, left 0', isOpen: true }),
    'GET runs': ({ query }) => {
      const hours = Number(query.get('hours') ?? 24)
      return { from: now - hours * hour, to: now, lanes: runsOf(hours) }
    },
    'GET sql': () => ({
      tables,
      saved: loadSavedQueries(),
    }),
    'POST sql': ({ body }) => {
      if (JSON.stringify(body).includes('nonsense')) {
        throw new Error("line 1:8: Column 'nonsense' cannot be resolved.\nThe table all_events has: time, dt, status.")
      }
      return {
        columns: ['who', 'operation', 'n', 'first'],
        rows: people.map((who, index) => [
          who,
          operations[index] ?? null,
          1_200 * (index + 1),
          index === 2 ? null : '=cmd|calc',
        ]),
        total: people.length,
        elapsedMs: 84,
        ...(JSON.stringify(body).includes('saved') && {
          statement: "select who from all_events where dt >= '2026-01-12'",
        }),
      }
    },
    'GET connect': ({ source }) => ({
      source,
      label: 'Slack Acme',
      type: 'slack-audit',
      plan: 'Enterprise',
      forms: [
        {
          name: 'a webhook of the organization',
          role: 'owner of the organization',
          path: ['Settings', 'Webhooks', 'Add webhook'],
          fields: [
            {
              field: 'Payload URL',
              value: 'https://x1.execute-api.eu-central-1.amazonaws.com/webhook/github-webhooks',
            },
            { field: 'Content type', value: 'application/json' },
            { field: 'Secret', value: 'the secret below' },
          ],
          page: 'https://docs.github.com/en/webhooks',
        },
      ],
      events: [{ label: 'Branch protection rules', shows: 'who weakened the protection of a branch' }],
      credentials: [
        {
          name: 'a user token with the scope auditlogs:read',
          role: 'owner of the organization',
          path: ['Your apps', 'OAuth & Permissions'],
          fields: [{ field: 'User Token Scopes', value: 'auditlogs:read' }],
          page: 'https://docs.slack.dev/admins/audit-logs-api',
          putIn: 'it as it is',
        },
      ],
      hasSecret: true,
      works: 'The first run brings the events of the last seven days.',
      hints: ['The address can be reached from this machine only.'],
    }),
    'POST connect/secret': () => ({ secret: plantedSecret }),
    'POST connect/credential': ({ body }) => {
      const works = !JSON.stringify(body).includes('wrong')
      return {
        works,
        lines: [
          { text: 'stored', ok: true },
          works
            ? { text: 'the provider accepts it', ok: true }
            : { text: 'Slack refused it: invalid_auth. The former credential is back.', ok: false },
        ],
      }
    },
    'GET connect/wait': ({ turn }) =>
      turn === 0
        ? { text: 'Waiting for the first event of slack-audit: 4s. Last run 20s ago: no event.' }
        : { text: 'Done.', found: { table: 'slack_auditlogs', eventAt: now - 9_000, receivedAt: now - 2_000 } },
  }
}

/** The same in an account of AWS, where Athena bills what it reads. */
export function awsWorld(): ConsoleWorld {
  const world = normalWorld()
  const cost = { scannedBytes: 12_400_000 }
  return {
    ...world,
    'GET overview': () => ({
      ...world['GET overview'](),
      place: { kind: 'aws', name: 'auditlake-ops-1x2y3z', simulated: false },
    }),
    'GET events': (asked) => ({ ...world['GET events'](asked), ...cost }),
    'GET event': () => ({ ...world['GET event'](), ...cost }),
    'GET failures': () => ({ ...world['GET failures'](), ...cost }),
    'GET runs': (asked) => ({ ...world['GET runs'](asked), ...cost }),
    'POST sql': (asked) => ({ ...world['POST sql'](asked), ...cost }),
  }
}
