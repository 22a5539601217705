import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { githubWebhook as schema } from '../../../schemas/generated/github_webhook.ts'
import { githubWebhook as stream } from '../../connectors/github/webhook.ts'
import { webhookEnv } from '../../connectors/manifest.ts'
import { webhookHandler } from '../../core/webhook/handler.ts'

export const handler = webhookHandler({
  stream,
  schema,
  failureSchema,
  variables: webhookEnv,
  environment: process.env,
})
