import type { StreamFacts } from '../core/poll/stream-facts.ts'
import type { DeliveryFacts } from '../core/webhook/recovery/delivery-facts.ts'
import type { SetUpFacts } from './manifest-set-up.ts'

/**
 * The form of connectors' manifests: data only, so that settings and infrastructure can read them without importing
 * code that runs in a function.
 */

/** An option that a source of this type takes in `audit-lake.yaml`. */
export type SourceOption = {
  readonly description: string
  /** Whether it names something of the user's; such names that begin with "example-" are not deployed. */
  readonly isName?: true
  /** Another option without which this one would do nothing. */
  readonly needs?: string
  /** Another option beside which this one would do nothing. */
  readonly excludes?: string
} & (
  | {
      readonly kind: 'text'
      readonly default?: string
      /** May be left out although there is no default. */
      readonly optional?: true
      readonly pattern?: string
      readonly patternHint?: string
    }
  /** Several texts. @default none */
  | {
      readonly kind: 'texts'
      readonly default?: readonly string[]
      readonly max: number
      readonly pattern: string
      readonly patternHint: string
    }
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly default?: string }
  | { readonly kind: 'integer'; readonly default?: number; readonly min: number; readonly max: number }
  /** A decimal number of any length, as a number or text; it becomes text. */
  | { readonly kind: 'digits'; readonly patternHint: string }
  /** Options that belong together and may be left out together. */
  | { readonly kind: 'group'; readonly options: Readonly<Record<string, SourceOption>> }
)

interface SourceTypeFacts {
  /** One line for the settings file and its JSON Schema. */
  readonly description: string
  /** The provider's page on the log. */
  readonly docs: string
  readonly setUp: SetUpFacts
}

/** A source whose provider sends the events over HTTPS. `<provider>-<stream>` names `<provider>/<stream>.ts`. */
export interface WebhookSourceType extends SourceTypeFacts {
  readonly mode: 'webhook'
  /** The first segment of the URL: `POST /<path>/<sourceId>`. */
  readonly path: string
  readonly logType: string
  /** Options beyond `id`, `type` and `label`. */
  readonly options: Readonly<Record<string, SourceOption>>
  /** Present where failed deliveries can be listed and asked for again; `<provider>/deliveries.ts` does it. */
  readonly recovery?: RecoveryFacts
}

/** How the failed deliveries of a webhook source are recovered, if its option `recovery` is set. */
export interface RecoveryFacts extends DeliveryFacts {
  readonly setUp: SetUpFacts
}

/** The group of options with which a webhook source recovers failed deliveries, by a function of its own. */
export const recoveryOption = 'recovery'

/** A source whose events are fetched every minute, each source by its own function. */
export interface PollSourceType extends SourceTypeFacts {
  readonly mode: 'poll'
  /** Its streams; the id `<provider>.<stream>` names `<provider>/<stream>.ts`. */
  readonly streams: readonly StreamFacts[]
  /** Options beyond `id`, `type` and `label`, including those of every polled source. */
  readonly options: typeof pollOptions & Readonly<Record<string, SourceOption>>
  /** Present where a person can give the credential by consent; `<provider>/oauth.ts` asks for it. */
  readonly oauth?: OAuthFacts
}

/** How a person gives the credential of a source by consent, if its option `oauth` is set. */
export interface OAuthFacts {
  /** The scopes that are asked for, all of which must be granted. */
  readonly scopes: readonly string[]
  /** What these scopes allow, for the person who consents. */
  readonly breadth: string
  /** The option that names whose log it must be, without which a stranger could connect the source to another one. */
  readonly expects: string
  /** The provider's page on which the operator registers the app. */
  readonly appPage: string
  /** Whether tokens can expire, with a refresh token that renews them once. */
  readonly rotates: boolean
  /**
   * Whether the exchange of the code is bound to the start by PKCE (RFC 7636); false where the provider would then end
   * refresh tokens early.
   */
  readonly pkce: boolean
}

/** A source whose provider writes objects of events into a bucket. */
interface StreamFactsOfType extends SourceTypeFacts {
  readonly mode: 'stream'
  /** Its stream; the id `<provider>.<stream>` names `<provider>/<stream>.ts`. */
  readonly stream: { readonly id: string; readonly logType: string }
}

/** A stream into a bucket of S3, which sends messages about new objects. */
export interface S3StreamSourceType extends StreamFactsOfType {
  readonly store: 's3'
  /** How the provider proves to AWS who it is, and to whom a role may so be given. */
  readonly writer: {
    /** URL of the identity provider. */
    readonly issuer: string
    readonly audience: string
    /** The subject of the provider's tokens, before the option that names the customer. */
    readonly subjectPrefix: string
    readonly subjectOption: string
  }
  /** Options beyond `id`, `type` and `label`. */
  readonly options: typeof streamOptions & typeof bucketOptions & Readonly<Record<string, SourceOption>>
}

/** A stream into a bucket of Google Cloud Storage, which is listed every minute. */
export interface GcsStreamSourceType extends StreamFactsOfType {
  readonly store: 'gcs'
  /** Options beyond `id`, `type` and `label`. */
  readonly options: typeof streamOptions & typeof gcsOptions & Readonly<Record<string, SourceOption>>
}

export type StreamSourceType = S3StreamSourceType | GcsStreamSourceType

/** The option that a function gets in its own environment variable. */
export const apiUrlOption = 'apiUrl'

const apiUrlFacts = {
  kind: 'text',
  optional: true,
  description: "Address of the API if it is not the provider's public one. https, or http on this machine.",
  // https, because the credential is sent there.
  pattern: '^(https://[^\\s/?#@]+|http://(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?)(/[^\\s?#]*)?$',
  patternHint: 'an address such as "https://api.example.com" without user name, "?" or "#" (http only for 127.0.0.1)',
} as const satisfies SourceOption

/** The option of everything that calls an API. */
export const apiUrlOptions = { [apiUrlOption]: apiUrlFacts } as const

/** The option that names the provider's website, in an environment variable of its own. */
export const webUrlOption = 'webUrl'

/** The option of sources whose credential people can give by consent. */
export const webUrlOptions = {
  [webUrlOption]: {
    ...apiUrlFacts,
    description:
      "Address of the provider's website, where people consent, if it is not the public one. https, or http on this machine.",
  },
} as const

/** The group of options with which people give the credential of a source by consent. */
export const oauthOption = 'oauth'

/** The option of sources whose credential people can give by consent, beside `webUrlOptions`. */
export const oauthOptions = {
  [oauthOption]: {
    kind: 'group',
    description:
      "Your app at the provider, with which the credential is given by consent on the provider's website. Left out: the " +
      'credential is put into the secret of the source by hand.',
    options: {
      clientId: {
        kind: 'text',
        description: 'Client id of the app, in quotation marks.',
        pattern: '^[A-Za-z0-9._-]{4,100}$',
        patternHint: 'the client id of the app as the provider shows it, in quotation marks',
      },
    },
  },
} as const satisfies Readonly<Record<string, SourceOption>>

/** The options of every polled source. */
export const pollOptions = {
  startAt: {
    kind: 'text',
    optional: true,
    description:
      'Where the first run begins, such as 2026-01-31 or 2026-01-31T12:00:00Z; seven days before it if left out. ' +
      'Changed later it counts only when other settings name another log: use npm run backfill.',
    pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ)?$',
    patternHint: 'a day such as "2026-01-31" or a time in UTC such as "2026-01-31T12:00:00Z"',
  },
  ratePercent: {
    kind: 'integer',
    description: "Share of the provider's rate limit that this source may use, in percent.",
    default: 100,
    // A smaller share would leave nothing for sweeps and jobs.
    min: 5,
    max: 100,
  },
  ...apiUrlOptions,
} as const satisfies Readonly<Record<string, SourceOption>>

/** The options of every source that reads objects of a bucket. */
export const streamOptions = {
  excludeFilters: {
    kind: 'texts',
    description:
      'Objects are counted and not read if the last segment of their name begins with one of these: the files with ' +
      'which the provider tests the connection.',
    default: ['_check'],
    max: 20,
    pattern: '^[^/]{1,100}$',
    patternHint: 'the beginning of a file name, without a slash',
  },
} as const satisfies Readonly<Record<string, SourceOption>>

/** The options of every source that reads objects of a bucket in S3. */
export const bucketOptions = {
  bucket: {
    kind: 'text',
    optional: true,
    isName: true,
    description: 'Name of an existing bucket to read from. Left out: the stack makes one.',
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    patternHint: 'the name of a bucket',
  },
  bucketAccount: {
    kind: 'text',
    needs: 'bucket',
    optional: true,
    description: 'Account of the existing bucket; the account of this deployment if left out.',
    pattern: '^\\d{12}$',
    patternHint: 'an account of 12 digits, in quotation marks',
  },
  bucketKeyArn: {
    kind: 'text',
    needs: 'bucket',
    optional: true,
    description: 'ARN of the KMS key with which the existing bucket is encrypted, if it is.',
    pattern: '^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[a-zA-Z0-9-]+$',
    patternHint: 'the ARN of a KMS key',
  },
  access: {
    kind: 'choice',
    description:
      'How the provider proves who it is when it writes into the bucket of the stack: oidc for a role that only it can ' +
      'assume, user-key for a user with an access key, where the provider offers no OIDC.',
    values: ['oidc', 'user-key'],
    default: 'oidc',
  },
  oidcProviderArn: {
    kind: 'text',
    excludes: 'bucket',
    optional: true,
    description: "ARN of the account's identity provider for it, if there is one already: an account has one of each.",
    pattern: '^arn:aws[a-z-]*:iam::\\d{12}:oidc-provider/[\\w./-]+$',
    patternHint: 'the ARN of an identity provider',
  },
  keepObjectsDays: {
    kind: 'integer',
    description: 'Days that objects stay in the bucket of the stack, for npm run replay.',
    default: 30,
    min: 9,
    max: 3650,
  },
} as const satisfies Readonly<Record<string, SourceOption>>

/** The options of every source that reads objects of a bucket in Google Cloud Storage. */
export const gcsOptions = {
  bucket: {
    kind: 'text',
    isName: true,
    description: 'Name of the bucket in Google Cloud Storage that the provider writes to.',
    pattern: '^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$',
    patternHint: 'the name of a bucket, without "gs://"',
  },
  audience: {
    kind: 'text',
    optional: true,
    description:
      'Provider of a pool of workload identities that trusts this AWS account: the source then needs no key and has no ' +
      'secret. Left out: the key file of a service account is read from the secret of the source.',
    pattern:
      '^//iam\\.googleapis\\.com/projects/\\d+/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}/providers/[a-z0-9-]{4,32}$',
    patternHint:
      'a resource name such as "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/audit-lake/providers/audit-lake-aws"',
  },
  serviceAccount: {
    kind: 'text',
    needs: 'audience',
    optional: true,
    description:
      'Address of the service account to act as, with audience. Left out: the bucket itself trusts the pool.',
    pattern: '^[a-z0-9-]+@[a-z0-9.-]+\\.gserviceaccount\\.com$',
    patternHint: 'the address of a service account',
  },
} as const satisfies Readonly<Record<string, SourceOption>>

export type SourceType = WebhookSourceType | PollSourceType | StreamSourceType

/** Exported as `manifest` by `<provider>/manifest.ts`. */
export interface ConnectorManifest {
  readonly sourceTypes: Readonly<Record<string, SourceType>>
}
