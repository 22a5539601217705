import {
  apiUrlOptions,
  bucketOptions,
  type ConnectorManifest,
  gcsOptions,
  oauthOptions,
  pollOptions,
  type SourceOption,
  streamOptions,
  webUrlOptions,
} from '../manifest.ts'
import {
  auditSetUp,
  gcsStreamSetUp,
  recoverySetUp,
  s3StreamSetUp,
  streamPage,
  webhookSetUp,
} from './manifest-set-up.ts'

/** The name of an account in the addresses of GitHub. */
const login = {
  kind: 'text',
  isName: true,
  pattern: '^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$',
  patternHint: 'the name as it stands in the address, such as "octo-org"',
} as const

const copilotUsage = {
  kind: 'choice',
  description:
    'Whether records of Copilot usage, which GitHub puts into the same objects if the enterprise has asked for them, ' +
    'become rows. Their text can hold prompts.',
  values: ['keep', 'leave-out'],
  default: 'keep',
} as const satisfies SourceOption

export const manifest = {
  sourceTypes: {
    'github-webhook': {
      mode: 'webhook',
      path: 'github',
      logType: 'GitHub.Webhook',
      description: 'Webhook of a GitHub repository, organization, enterprise or App, signed with a shared secret.',
      docs: 'https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks',
      setUp: webhookSetUp,
      options: {
        recovery: {
          kind: 'group',
          description:
            'The webhook at GitHub whose failed deliveries are sent again. Only webhooks of organizations and repositories: those of Apps and enterprises have no API for it.',
          options: {
            owner: { ...login, description: 'Login of the organization, or of the owner of the repository.' },
            repository: {
              kind: 'text',
              optional: true,
              description: 'Name of the repository, for a webhook of a repository.',
              pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,100}$',
              patternHint: 'the name without its owner, such as "hello-world"',
            },
            hookId: {
              kind: 'digits',
              description: "Id of the webhook: the last number in the address of its page in GitHub's settings.",
              patternHint: 'the number at the end of the address of the page of the webhook, such as 109948940',
            },
            ...apiUrlOptions,
          },
        },
      },
      recovery: {
        setUp: recoverySetUp,
        // For each user: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
        requestsPerHour: 5000,
        // https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
        keptHours: 72,
        lagSeconds: 5 * 60,
        lookBackSeconds: 30 * 60,
      },
    },
    'github-audit': {
      mode: 'poll',
      streams: [
        {
          id: 'github.audit',
          logType: 'GitHub.Audit',
          order: 'newest-first',
          // GitHub states no delay, but entries have appeared minutes after newer ones.
          lagSeconds: 300,
          lookBackSeconds: 1800,
          // The filter has a precision of seconds, the entries one of milliseconds.
          granularityMs: 1000,
          // For each user and address:
          // https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/using-the-audit-log-api-for-your-enterprise
          requestsPerHour: 1750,
          limitPeriodSeconds: 3600,
          // GitHub's maximum.
          pageSize: 100,
        },
      ],
      setUp: auditSetUp,
      description:
        'Audit log of a GitHub organization or enterprise (Enterprise Cloud or Server), Git events included.',
      docs: 'https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization',
      options: {
        scope: {
          kind: 'choice',
          description: 'Whose audit log it is.',
          values: ['organization', 'enterprise'],
          default: 'organization',
        },
        name: { ...login, description: 'Login of the organization, or slug of the enterprise.' },
        ...pollOptions,
        ...webUrlOptions,
        ...oauthOptions,
      },
      oauth: {
        scopes: ['read:audit_log'],
        breadth: 'reading the audit logs that the person may read, and nothing else',
        expects: 'name',
        appPage: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app',
        rotates: false,
        pkce: true,
      },
    },
    'github-audit-stream-s3': {
      mode: 'stream',
      store: 's3',
      stream: { id: 'github.audit-stream', logType: 'GitHub.Audit' },
      // https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise
      writer: {
        issuer: 'https://oidc-configuration.audit-log.githubusercontent.com',
        audience: 'sts.amazonaws.com',
        subjectPrefix: 'https://github.com/',
        subjectOption: 'enterprise',
      },
      setUp: s3StreamSetUp,
      description:
        'Audit-log stream of a GitHub enterprise through S3: events of all of its organizations, with Git events.',
      docs: streamPage,
      options: {
        enterprise: {
          ...login,
          description: 'Slug of the enterprise, as it stands in the address; its case matters.',
          patternHint: 'the slug as it stands in the address, such as "octo-enterprise"',
        },
        ...bucketOptions,
        ...streamOptions,
        copilotUsage,
        configuration: {
          kind: 'choice',
          description:
            'watch to ask GitHub once a day whether the stream is enabled, with a token that you put into the secret of ' +
            'the source.',
          values: ['ignore', 'watch'],
          default: 'ignore',
        },
        apiUrl: pollOptions.apiUrl,
      },
    },
    'github-audit-stream-gcs': {
      mode: 'stream',
      store: 'gcs',
      stream: { id: 'github.audit-stream', logType: 'GitHub.Audit' },
      setUp: gcsStreamSetUp,
      description:
        'Audit-log stream of a GitHub enterprise through Google Cloud Storage: events of all of its organizations, with ' +
        'Git events.',
      docs: streamPage,
      options: { ...gcsOptions, ...streamOptions, copilotUsage, apiUrl: pollOptions.apiUrl },
    },
  },
} as const satisfies ConnectorManifest
