import { anthropicActivity } from '../../../schemas/generated/anthropic_activity.ts'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { collectionRuns as runsSchema } from '../../../schemas/generated/collection_runs.ts'
import { anthropicActivityStream } from '../../connectors/anthropic/activity.ts'
import { apiUrlVariable, pollEnv } from '../../connectors/manifest.ts'
import { isArray } from '../../core/json/json.ts'
import { pollHandler } from '../../core/poll/handler.ts'

export const handler = pollHandler({
  streams: ({ options: { organizationIds = [] }, ...connection }) => [
    anthropicActivityStream({
      ...connection,
      organizationIds: isArray(organizationIds) ? organizationIds.map(String) : [],
    }),
  ],
  schemas: [anthropicActivity],
  failureSchema,
  runsSchema,
  variables: pollEnv,
  apiUrlVariable,
  environment: process.env,
})
