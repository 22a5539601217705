/**
 * What a connector tells the infrastructure about itself: data only, so that `lib` can build routes, functions, secrets
 * and settings from it without importing code that runs in a function.
 */

/** The environment of a webhook function, named once for the construct that sets it and the handler that reads it. */
export const webhookEnv = {
  /** URL of the queue that takes messages for the writer. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** JSON: source id -> `{label, secretId}` and the source's options. */
  sources: 'SOURCES',
  /** Name of the bucket for everything beside the lake; takes what the queue does not. */
  opsBucket: 'OPS_BUCKET',
  /** Hours during which the secret before the current one still counts. */
  previousSecretHours: 'PREVIOUS_SECRET_HOURS',
} as const

/** An option that a source of this type takes in `audit-lake.yaml`. */
export type SourceOption = { readonly description: string } & (
  | { readonly kind: 'text'; readonly default?: string; readonly pattern?: string; readonly patternHint?: string }
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly default?: string }
  | { readonly kind: 'integer'; readonly default?: number; readonly min: number; readonly max: number }
  | { readonly kind: 'flag'; readonly default: boolean }
)

/** A source that sends its events to us over HTTPS. */
export interface WebhookSourceType {
  readonly ingress: 'webhook'
  /** The folder under `lambdas/handlers` and the name of the function that all sources of this type share. */
  readonly handler: string
  /** The first segment of the URL: `POST /<path>/<sourceId>`. */
  readonly path: string
  readonly logType: string
  /** One line for the settings file and its JSON Schema. */
  readonly description: string
  /** The provider's page on setting the source up. */
  readonly docs: string
  /** Options beyond `id`, `type` and `label`. */
  readonly options: Readonly<Record<string, SourceOption>>
}

export type SourceType = WebhookSourceType

export interface ConnectorManifest {
  readonly provider: string
  readonly sourceTypes: Readonly<Record<string, SourceType>>
}
