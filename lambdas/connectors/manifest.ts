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

/** The environment of the function of a polled source. */
export const pollEnv = {
  /** URL of the queue of what happens now. */
  recordsQueueUrl: 'RECORDS_QUEUE_URL',
  /** URL of the queue of what is fetched in bulk. */
  recordsBulkQueueUrl: 'RECORDS_BULK_QUEUE_URL',
  /** Name of the bucket for everything beside the lake; keeps the state of the source. */
  opsBucket: 'OPS_BUCKET',
  /** Name of the bucket of the lake, which sweeps compare with the provider. */
  lakeBucket: 'LAKE_BUCKET',
  /** JSON: `{id, label, secretId}` and the source's options. */
  source: 'SOURCE',
} as const

/** Address of the provider's API; set only when the settings name another than the public one. */
export const apiUrlVariable = 'API_URL'

/** An option that a source of this type takes in `audit-lake.yaml`. */
export type SourceOption = { readonly description: string } & (
  | {
      readonly kind: 'text'
      readonly default?: string
      /** May be left out without there being a default. */
      readonly optional?: true
      readonly pattern?: string
      readonly patternHint?: string
    }
  /** Several texts, none by default. */
  | { readonly kind: 'texts'; readonly max: number; readonly pattern: string; readonly patternHint: string }
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly default?: string }
  | { readonly kind: 'integer'; readonly default?: number; readonly min: number; readonly max: number }
  | { readonly kind: 'flag'; readonly default: boolean }
)

/** A source that sends its events to us over HTTPS. */
export interface WebhookSourceType {
  readonly ingress: 'webhook'
  /** The folder under `lambdas/functions` and the name of the function that all sources of this type share. */
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

/** A source whose events we fetch, every minute, each source with a function of its own. */
export interface PollSourceType {
  readonly ingress: 'poll'
  /** The folder under `lambdas/functions`. */
  readonly handler: string
  /** What is fetched, as the function's connector names it. */
  readonly streams: readonly { readonly id: string; readonly logType: string }[]
  /** What a person puts into the source's secret. */
  readonly credential: string
  /** One line for the settings file and its JSON Schema. */
  readonly description: string
  /** The provider's page on the API. */
  readonly docs: string
  /** Options beyond `id`, `type` and `label`; those of every polled source among them. */
  readonly options: typeof pollOptions & Readonly<Record<string, SourceOption>>
}

/** The option that becomes the variable {@link apiUrlVariable}. */
export const apiUrlOption = 'apiUrl'

/** What every polled source can be told. */
export const pollOptions = {
  startAt: {
    kind: 'text',
    optional: true,
    description:
      'Where the first run begins, such as 2026-01-31 or 2026-01-31T12:00:00Z; seven days before it if left out. ' +
      'Changed later it does nothing: use npm run backfill.',
    pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ)?$',
    patternHint: 'a day such as "2026-01-31" or a time in UTC such as "2026-01-31T12:00:00Z"',
  },
  ratePercent: {
    kind: 'integer',
    description: "Share of the provider's rate limit that this source may use, in percent.",
    default: 100,
    // With fewer than a request a minute nothing would be left for sweeps and jobs.
    min: 5,
    max: 100,
  },
  [apiUrlOption]: {
    kind: 'text',
    optional: true,
    description: "Address of the API if it is not the provider's public one. https, or http on this machine.",
    // The credential is sent there.
    pattern: '^(https://[^\\s/?#@]+|http://(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?)(/[^\\s?#]*)?$',
    patternHint: 'an address such as "https://api.example.com" without user name, "?" or "#" (http only for 127.0.0.1)',
  },
} as const satisfies Readonly<Record<string, SourceOption>>

export type SourceType = WebhookSourceType | PollSourceType

export interface ConnectorManifest {
  readonly provider: string
  readonly sourceTypes: Readonly<Record<string, SourceType>>
}
