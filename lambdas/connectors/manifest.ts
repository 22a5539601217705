import type { StreamFacts } from '../core/poll/stream-facts.ts'

/**
 * What a connector states of itself: data only, so that settings and infrastructure can be made from it without importing
 * code that runs in a function.
 */

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

interface SourceTypeFacts {
  /** One line for the settings file and its JSON Schema. */
  readonly description: string
  /** The provider's page on the log and on setting it up. */
  readonly docs: string
}

/** A source whose provider sends the events over HTTPS. `<provider>-<stream>` names `<provider>/<stream>.ts`. */
export interface WebhookSourceType extends SourceTypeFacts {
  readonly mode: 'webhook'
  /** The first segment of the URL: `POST /<path>/<sourceId>`. */
  readonly path: string
  readonly logType: string
  /** Options beyond `id`, `type` and `label`. */
  readonly options: Readonly<Record<string, SourceOption>>
}

/** A source whose events are fetched every minute, each source by a function of its own. */
export interface PollSourceType extends SourceTypeFacts {
  readonly mode: 'poll'
  /** What is fetched: `<provider>.<stream>` names `<provider>/<stream>.ts`. */
  readonly streams: readonly StreamFacts[]
  /** What the operator puts into the source's secret. */
  readonly credential: string
  /** Options beyond `id`, `type` and `label`; those of every polled source among them. */
  readonly options: typeof pollOptions & Readonly<Record<string, SourceOption>>
}

/** The option that reaches the function of a polled source as a variable of its own. */
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

/** Exported as `manifest` by `<provider>/manifest.ts`. */
export interface ConnectorManifest {
  readonly sourceTypes: Readonly<Record<string, SourceType>>
}
