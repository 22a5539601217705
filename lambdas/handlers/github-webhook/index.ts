import { githubWebhook as schema } from '../../../schemas/generated/github_webhook.ts'
import { githubWebhook } from '../../connectors/github/webhook.ts'
import { webhookHandler } from '../../core/webhook/handler.ts'
import { env } from './env.ts'

export const handler = webhookHandler({ stream: githubWebhook, schema, variables: env, environment: process.env })
