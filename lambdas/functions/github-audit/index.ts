import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import { githubAudit } from '../../../schemas/generated/github_audit.ts'
import { githubAuditStream } from '../../connectors/github/audit.ts'
import { apiUrlVariable, pollEnv } from '../../connectors/manifest.ts'
import { pollHandler } from '../../core/poll/handler.ts'

export const handler = pollHandler({
  streams: ({ options, ...connection }) => [
    githubAuditStream({
      ...connection,
      scope: options.scope === 'enterprise' ? 'enterprise' : 'organization',
      name: String(options.name),
    }),
  ],
  schemas: [githubAudit],
  failureSchema,
  runsSchema,
  variables: pollEnv,
  apiUrlVariable,
  environment: process.env,
})
