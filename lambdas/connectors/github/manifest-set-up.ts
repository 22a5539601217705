import type { FormField, RecommendedEvent, SetUpFacts } from '../manifest-set-up.ts'
import { app, classicToken, cloud, fineGrainedToken, help } from './manifest-credentials.ts'

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads; a webhook of a repository offers fewer. */
const webhookEvents = [
  {
    event: 'branch_protection_configuration',
    label: 'Branch protection configurations',
    shows: 'protection switched off for a repository',
  },
  { event: 'branch_protection_rule', label: 'Branch protection rules', shows: 'protection weakened or removed' },
  { event: 'repository_ruleset', label: 'Repository rulesets', shows: 'rules weakened or removed' },
  { event: 'code_scanning_alert', label: 'Code scanning alerts', shows: 'findings, and who dismissed them' },
  { event: 'dependabot_alert', label: 'Dependabot alerts', shows: 'vulnerable dependencies, and who dismissed them' },
  { event: 'secret_scanning_alert', label: 'Secret scanning alerts', shows: 'leaked secrets, and who dismissed them' },
  { event: 'security_and_analysis', label: 'Security and analyses', shows: 'security features switched on or off' },
  { event: 'deploy_key', label: 'Deploy keys', shows: 'keys that read or write a repository without a user' },
  {
    event: 'personal_access_token_request',
    label: 'Personal access token requests',
    shows: 'fine-grained tokens requested, granted, refused',
  },
  { event: 'member', label: 'Collaborator add, remove, or changed', shows: 'people with access to one repository' },
  { event: 'membership', label: 'Memberships', shows: 'people who joined or left a team' },
  { event: 'organization', label: 'Organizations', shows: 'people who joined, left or were invited' },
  { event: 'org_block', label: 'Org blocks', shows: 'users blocked and unblocked' },
  { event: 'team', label: 'Teams', shows: 'teams and the access that they have' },
  { event: 'team_add', label: 'Team adds', shows: 'repositories given to a team' },
  {
    event: 'repository',
    label: 'Repositories',
    shows: 'repositories made, deleted, renamed, transferred, or made public or private',
  },
  { event: 'public', label: 'Visibility changes', shows: 'private repositories made public' },
  { event: 'fork', label: 'Forks', shows: 'copies of repositories' },
  { event: 'push', label: 'Pushes', shows: 'commits, forced pushes, deleted branches and tags' },
  { event: 'meta', label: 'Meta', shows: 'the deletion of this webhook' },
] as const satisfies readonly RecommendedEvent[]

const webhookFields = [
  { field: 'Payload URL', value: '{url}' },
  { field: 'Content type', value: 'application/json' },
  { field: 'Secret', value: '{secret}' },
  { field: 'SSL verification', value: 'Enable SSL verification' },
  { field: 'Which events would you like to trigger this webhook?', value: 'Let me select individual events' },
  { field: 'Active', value: 'yes' },
] as const satisfies readonly FormField[]

const createWebhook = `${help}/webhooks/using-webhooks/creating-webhooks`

/** A webhook of any kind. */
export const webhookSetUp = {
  plan: 'Every plan of GitHub; a webhook of an enterprise needs GitHub Enterprise',
  forms: [
    {
      name: 'a webhook of an organization',
      role: 'Owner of the organization',
      path: ['your picture', 'Organizations', 'Settings of the organization', 'Webhooks', 'Add webhook'],
      fields: webhookFields,
      page: `${createWebhook}#creating-an-organization-webhook`,
    },
    {
      name: 'a webhook of a repository',
      role: 'Administrator of the repository',
      path: ['the repository', 'Settings', 'Webhooks', 'Add webhook'],
      fields: webhookFields,
      page: `${createWebhook}#creating-a-repository-webhook`,
    },
    {
      name: 'a webhook of an enterprise, whose failed deliveries cannot be recovered',
      role: 'Owner of the enterprise',
      path: ['your picture', 'Enterprises', 'the enterprise', 'Settings', 'Hooks', 'Add webhook'],
      fields: webhookFields,
      page: `${cloud}/admin/monitoring-activity-in-your-enterprise/exploring-user-activity-in-your-enterprise/managing-global-webhooks`,
      when: { recovery: false },
    },
    {
      name: 'the webhook of a GitHub App, which brings the events of each installation',
      role: 'Owner of the App',
      path: ['your picture', 'Settings', 'Developer settings', 'GitHub Apps', 'Edit the App'],
      fields: [
        { field: 'Webhook', value: 'Active' },
        { field: 'Webhook URL', value: '{url}' },
        { field: 'Secret', value: '{secret}' },
        { field: 'SSL verification', value: 'Enable SSL verification' },
        { field: 'Subscribe to events (under Permissions & events)', value: 'the events that you want' },
      ],
      page: `${help}/apps/creating-github-apps/registering-a-github-app/using-webhooks-with-github-apps`,
      when: { recovery: false },
    },
  ],
  events: webhookEvents,
  works:
    'GitHub sends a ping as soon as the webhook is saved, and shows a green tick beside it under Recent Deliveries. The ' +
    'ping leaves no row; the first event of a chosen kind does.',
} as const satisfies SetUpFacts

const hookScopes = 'admin:org_hook (organization) or admin:repo_hook (repository)'
const hookPermission = 'Webhooks: read and write'

/** The credential with which failed deliveries are asked for again. */
export const recoverySetUp = {
  plan: 'Every plan of GitHub',
  credentials: [
    classicToken('Owner of the organization, or administrator of the repository', hookScopes),
    fineGrainedToken('Owner of the organization, or administrator of the repository', '{owner}', hookPermission),
    app(hookPermission),
  ],
  works:
    'The recovery has read the deliveries of the webhook: npm run status -- --all shows its last run without an error.',
} as const satisfies SetUpFacts

const readAuditLog = 'read:audit_log'
const administration = 'Administration: read (organization permission)'

/** The audit log through the API. */
export const auditSetUp = {
  plan: 'GitHub Enterprise Cloud or GitHub Enterprise Server',
  credentials: [
    { ...classicToken('Owner of the organization {name}', readAuditLog), when: { scope: 'organization' } },
    {
      ...fineGrainedToken('Owner of the organization {name}', '{name}', administration),
      when: { scope: 'organization' },
    },
    { ...app(administration), when: { scope: 'organization' } },
    { ...classicToken('Administrator of the enterprise {name}', readAuditLog), when: { scope: 'enterprise' } },
  ],
  works:
    'The first run brings the events of the last seven days, or those since startAt. In a quiet ' +
    'organization change one of its settings: GitHub shows that in the log within minutes.',
} as const satisfies SetUpFacts

/** GitHub's page on the stream. */
export const streamPage = `${cloud}/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise`
const streamPath = [
  'your picture',
  'Enterprises',
  'the enterprise',
  'Settings',
  'Audit log',
  'Log streaming',
  'Configure stream',
] as const
const check: FormField = { field: 'Check endpoint', value: 'click it, and then Save' }
const streamWorks =
  'Check endpoint writes a test file, which npm run status -- --all counts as excluded. Events follow from then on; older ones come ' +
  'with a source of the type github-audit.'
const owner = 'Owner of the enterprise'

/** The stream through S3. */
export const s3StreamSetUp = {
  plan: 'GitHub Enterprise Cloud',
  forms: [
    {
      name: 'a stream into Amazon S3 with OpenID Connect',
      role: owner,
      path: [...streamPath, 'Amazon S3'],
      fields: [
        { field: 'Region', value: '{region}' },
        { field: 'Bucket', value: '{writtenBucket}' },
        { field: 'Authentication', value: 'OpenID Connect' },
        { field: 'ARN Role', value: '{writerRole}' },
        check,
      ],
      page: `${streamPage}#setting-up-streaming-to-s3-with-openid-connect`,
      when: { access: 'oidc', bucket: false },
    },
    {
      name: 'a stream into Amazon S3 with access keys',
      role: owner,
      path: [...streamPath, 'Amazon S3'],
      fields: [
        { field: 'Region', value: '{region}' },
        { field: 'Bucket', value: '{writtenBucket}' },
        { field: 'Authentication', value: 'Access keys' },
        { field: 'Access Key ID', value: '{writerKeyId}' },
        { field: 'Secret Key', value: '{writerKeySecret}' },
        check,
      ],
      page: `${streamPage}#setting-up-streaming-to-s3-with-access-keys`,
      when: { access: 'user-key', bucket: false },
    },
  ],
  credentials: [{ ...classicToken(owner, 'admin:enterprise'), when: { configuration: 'watch' } }],
  works: streamWorks,
} as const satisfies SetUpFacts

/** The stream through Google Cloud Storage. */
export const gcsStreamSetUp = {
  plan: 'GitHub Enterprise Cloud',
  forms: [
    {
      name: 'a stream into Google Cloud Storage',
      role: owner,
      path: [...streamPath, 'Google Cloud Storage'],
      fields: [
        { field: 'Bucket', value: '{bucket}' },
        { field: 'JSON Credentials', value: 'the key file of a service account that may only create objects there' },
        check,
      ],
      page: `${streamPage}#setting-up-streaming-to-google-cloud-storage`,
    },
  ],
  credentials: [
    {
      name: 'the whole key file (JSON) of a service account',
      role: 'A person who may make keys of service accounts in the project',
      path: [
        'Google Cloud console',
        'IAM & Admin',
        'Service Accounts',
        'the account',
        'Keys',
        'Add key',
        'Create new key',
      ],
      fields: [{ field: 'Key type', value: 'JSON' }],
      page: 'https://docs.cloud.google.com/iam/docs/keys-create-delete',
      rights: 'Storage Object Viewer on the bucket',
      alone: true,
      when: { audience: false },
    },
  ],
  works: streamWorks,
} as const satisfies SetUpFacts
