// Generated from schemas/*/*.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import { githubWebhook } from './github_webhook.ts'

/** Every log schema, in the order of their files. */
export const logSchemas: readonly LogSchema[] = [
  githubWebhook,
]
