import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { hexAudit as schema } from '../../../schemas/generated/hex_audit.ts'
import { hexWebhook as stream } from '../../connectors/hex/webhook.ts'
import { webhookEnv } from '../../connectors/manifest.ts'
import { webhookHandler } from '../../core/webhook/handler.ts'

export const handler = webhookHandler({
  stream,
  schema,
  failureSchema,
  variables: webhookEnv,
  environment: process.env,
})
