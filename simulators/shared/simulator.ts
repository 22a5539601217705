import type { AwsIdentity } from './google-aws-identity.ts'
import type { ProviderSimulator, ServerOptions } from './provider-simulator.ts'
import type { FeedOptions } from './simulated-feed.ts'
import type { Stoppable } from './until-stopped.ts'

/** The source for which a provider is set up. */
export interface SetUp {
  /** The options of its type, as in the settings. */
  readonly options: Readonly<Record<string, unknown>>
  /** Different for each source, so that no two sources see the same events. */
  readonly seed: number
}

interface Needs {
  /** The options, all texts, that it requires. */
  readonly needs?: readonly string[]
}

/** The receiver of a provider's webhooks. */
export interface Target extends SetUp {
  readonly url: string
  readonly secret: string
}

/** A provider that sends its events. */
export interface Sender extends Needs {
  send(target: Target): Stoppable
  /** Where failed deliveries can be listed and sent again. */
  readonly withRecovery?: (target: Target & { readonly recovery: SetUp['options'] }) => Promise<RecoverableSender>
}

/** A server that lists the deliveries of its sender, and the credential that it accepts. */
export interface RecoverableSender {
  readonly server: ProviderSimulator
  readonly credential: string
  send(): Stoppable
}

/** How the server of a feed behaves; each provider has defaults of its own. */
export interface FeedSetUp
  extends SetUp,
    Omit<ServerOptions, 'port'>,
    Partial<Pick<FeedOptions, 'startAt' | 'eventsPerMinute' | 'lateShare'>> {
  /** Requests that it answers in a minute. */
  readonly requestsPerMinute?: number
  /** Events of one page at most, whatever is asked for. */
  readonly largestPage?: number
  /** Who asks, for providers that trust an identity of AWS. */
  readonly caller?: AwsIdentity
}

/** A provider whose events are fetched. */
export interface Feed extends Needs {
  serve(setUp: FeedSetUp): Promise<ServedFeed>
}

/** The server of a feed, and the credential that it accepts. */
export interface ServedFeed {
  readonly server: ProviderSimulator
  readonly credential: string
  /** The client secret of the app, where the server has a page on which people consent. */
  readonly clientSecret?: string
}

/** The bucket that the operator typed into the provider's form, and the credentials for it. */
export interface WriterSetUp extends SetUp {
  /** URL of the object store, asked in path style. */
  readonly endpoint: string
  readonly region: string
  readonly credentials: Omit<AwsIdentity, 'arn'>
  readonly bucket: string
}

/** What the provider's token says, with which it assumes a role of the operator. */
export interface TokenClaims {
  /** URL of the OpenID Connect provider that signs the token. */
  readonly issuer: string
  readonly audience: string
  readonly subject: string
}

/** A provider that writes its events into a bucket of the operator. */
export interface Writer extends Needs {
  claims(options: SetUp['options']): TokenClaims
  write(setUp: WriterSetUp): Stoppable
}

export type Simulator = Sender | Feed | Writer

/** The type of `simulators`, which the `index.ts` of each provider's folder exports, by source type. */
export type Simulators = Readonly<Record<string, Simulator>>
