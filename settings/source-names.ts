import { apiUrlOption, oauthOption, recoveryOption } from '../lambdas/connectors/manifest.ts'
import type { OptionValues, SourceSettings } from './settings.ts'

/** What a source's resources and outputs are for. */
export type SourceThing =
  | 'Secret'
  | 'SecretArn'
  | 'RecoverySecret'
  | 'RecoverySecretArn'
  | 'ClientSecret'
  | 'ClientSecretArn'
  | 'OAuthCallbackUrl'
  | 'WebhookUrl'
  | 'StreamBucket'
  | 'WriterRole'
  | 'WriterKey'
  | 'OwnerCommand'
  | 'ReaderRole'

/**
 * The logical ids and output names of a source. They depend on the source's id alone, so that it keeps its secret
 * whatever else changes in the settings or in this code.
 */
export function sourceName(sourceId: string, what: SourceThing): string {
  return `${sourceId.split('-').map(capitalize).join('')}${what}`
}

/** The environment variable that describes a webhook function's sources, by their ids. */
export function sourcesVariable(
  sources: readonly SourceSettings[],
  secretId: (sourceId: string) => string,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    sources.map(({ id, label, options }) => {
      const { [recoveryOption]: _ofAnotherFunction, ...own } = { ...options }
      return [id, { ...own, label, secretId: secretId(id) }]
    }),
  )
}

/** The options with which a webhook source recovers failed deliveries; `undefined` when it does not. */
export function recoveryOf({
  options,
}: SourceSettings): { readonly apiUrl: string | undefined; readonly options: OptionValues } | undefined {
  const { [recoveryOption]: group } = options
  if (typeof group !== 'object' || !isGroup(group)) return undefined
  const { [apiUrlOption]: apiUrl, ...others } = group
  return { apiUrl: typeof apiUrl === 'string' ? apiUrl : undefined, options: others }
}

/** The client id of the operator's app; `undefined` when the credential is put in by hand. */
export function oauthClientOf({ options }: SourceSettings): string | undefined {
  // A source whose settings are invalid, which is reported elsewhere, may have no options.
  const { [oauthOption]: group } = { ...options }
  if (typeof group !== 'object' || !isGroup(group)) return undefined
  return typeof group.clientId === 'string' ? group.clientId : undefined
}

/** Ids of the secrets of a source whose credential is given by consent. */
export interface OAuthSecretIds {
  readonly clientSecretId: string
  readonly secretId: string
}

/** The environment variable that describes to the function for consents its sources, by their ids. */
export function oauthVariable(
  sources: readonly SourceSettings[],
  secretIds: (sourceId: string) => OAuthSecretIds,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    sources.map((source) => {
      const { [oauthOption]: _, ...options } = source.options
      return [source.id, { ...options, type: source.type, clientId: oauthClientOf(source), ...secretIds(source.id) }]
    }),
  )
}

const isGroup = (value: OptionValues | readonly string[]): value is OptionValues => !Array.isArray(value)

function capitalize(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
}
