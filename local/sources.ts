import { env as oauthEnv } from '../lambdas/functions/oauth/env.ts'
import { apiUrlVariable, env as pollerEnv } from '../lambdas/functions/poller/env.ts'
import { env as streamEnv } from '../lambdas/functions/stream-reader/env.ts'
import { env as webhookEnv } from '../lambdas/functions/webhook/env.ts'
import { sourceTypes } from '../settings/source-types.ts'
import { isObject, type JsonObject } from './json.ts'

export interface WebhookSource {
  readonly id: string
  /** As in the settings file, such as `github-webhook`. */
  readonly type: string
  readonly url: string
  readonly secretId: string
  /** The options of its type, as its function receives them. */
  readonly options: JsonObject
}

/** A polled source. */
export interface PolledSource {
  readonly id: string
  /** As in the settings file, such as `github-audit`. */
  readonly type: string
  /** Absent for a source that needs no secret. */
  readonly secretId: string | undefined
  /** Address of the provider's API, if the settings name one. */
  readonly apiUrl: string | undefined
  readonly options: JsonObject
  readonly function: LaunchedFunction
}

/** A source whose credential people give by consent. */
export interface ConsentSource {
  readonly id: string
  /** Where the consent begins; a start link adds a signature. */
  readonly url: string
  readonly clientId: string
  readonly clientSecretId: string
  /** The function that takes consents, of all such sources. */
  readonly function: LaunchedFunction
}

/** A source whose provider writes objects to a bucket. */
export interface StreamSource {
  readonly id: string
  /** As in the settings file, such as `github-audit-stream-s3`. */
  readonly type: string
  readonly bucket: string
  /** The secret with a token for the provider's API, if it has one. */
  readonly secretId: string | undefined
  readonly options: JsonObject
  readonly function: LaunchedFunction
  readonly functionName: string
}

/** The part of a function that names its sources. */
export interface LaunchedFunction {
  readonly spec: { readonly variables: Readonly<Record<string, string>> }
  readonly surroundings: {
    /** Variables that replace the template's here. */
    readonly variables: Record<string, string>
    readonly principal: { readonly name: string; readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** The part of an HTTP API that names its senders. */
export interface RoutedApi {
  readonly url: string
  readonly routes: readonly {
    readonly key: string
    readonly target: { readonly spec: { readonly variables: Readonly<Record<string, string>> } }
  }[]
}

const sourceParameter = '{sourceId}'

/** The sources of the webhook routes, found in the routes and in the environment of their functions. */
export function webhookSources(site: { readonly apis: ReadonlyMap<string, RoutedApi> }): WebhookSource[] {
  return [...site.apis.values()].flatMap((api) =>
    api.routes.flatMap(({ key, target }) => {
      const path = key.slice(key.indexOf(' ') + 1)
      if (!path.includes(sourceParameter)) return []
      const { [webhookEnv.sourceType]: type = '', [webhookEnv.sources]: text = '{}' } = target.spec.variables
      const sources: unknown = JSON.parse(text)
      return Object.entries(isObject(sources) ? sources : {}).map(([id, source]) => {
        const { secretId = '', label: _, ...options } = isObject(source) ? source : {}
        const url = api.url + path.replace(sourceParameter, id)
        return { id, type, url, secretId: String(secretId), options }
      })
    }),
  )
}

/** The functions of a run. */
interface Functions {
  readonly functions: ReadonlyMap<string, LaunchedFunction>
}

const isRecovery = ({ type }: PolledSource): boolean => sourceTypes.get(type)?.mode === 'webhook'

/** The polled sources, found in the environment of their functions. */
export const polledSources = (site: Functions): PolledSource[] => fetchers(site).filter((one) => !isRecovery(one))

/** The recoveries of webhook sources, by the ids of the sources. */
export const recoveries = (site: Functions): PolledSource[] => fetchers(site).filter(isRecovery)

function fetchers(site: Functions): PolledSource[] {
  return [...site.functions.values()].flatMap((one) => {
    const { [pollerEnv.source]: text, [pollerEnv.sourceType]: type = '', [apiUrlVariable]: apiUrl } = one.spec.variables
    const source: unknown = JSON.parse(text ?? 'null')
    // The reader of a stream names its source in the same variable.
    if (!isObject(source) || one.spec.variables[streamEnv.streamBucket] !== undefined) return []
    const { id, secretId, label: _, ...options } = source
    const secret = typeof secretId === 'string' ? secretId : undefined
    return [{ id: String(id), type, secretId: secret, apiUrl, options, function: one }]
  })
}

/**
 * The sources whose credential people give by consent, found in the environment of the function that takes consents.
 */
export function consentSources(site: Functions): ConsentSource[] {
  return [...site.functions.values()].flatMap((one) => {
    const variables = { ...one.spec.variables, ...one.surroundings.variables }
    const { [oauthEnv.sources]: text = '{}', [oauthEnv.publicUrl]: publicUrl } = variables
    const sources: unknown = JSON.parse(text)
    return Object.entries(isObject(sources) ? sources : {}).map(([id, source]) => {
      const { clientId = '', clientSecretId = '' } = isObject(source) ? source : {}
      const url = `${publicUrl}/oauth/${id}/start`
      return { id, url, clientId: String(clientId), clientSecretId: String(clientSecretId), function: one }
    })
  })
}

/** Tells the function that takes consents of a source where its provider is. */
export function aimConsent({ id, function: { spec, surroundings } }: ConsentSource, url: string): void {
  const { [oauthEnv.sources]: text = '{}' } = { ...spec.variables, ...surroundings.variables }
  const sources: unknown = JSON.parse(text)
  if (!isObject(sources) || !isObject(sources[id])) return
  const aimed = { ...sources, [id]: { ...sources[id], apiUrl: url, webUrl: url } }
  surroundings.variables[oauthEnv.sources] = JSON.stringify(aimed)
}

/** The sources of streams, found in the environment of their functions. */
export function streamSources(site: { readonly functions: ReadonlyMap<string, LaunchedFunction> }): StreamSource[] {
  return [...site.functions].flatMap(([functionName, one]) => {
    const { variables } = one.spec
    const { [streamEnv.source]: text, [streamEnv.sourceType]: type = '', [streamEnv.streamBucket]: bucket } = variables
    const source: unknown = JSON.parse(text ?? 'null')
    if (!isObject(source) || bucket === undefined) return []
    const { id, secretId, label: _, ...options } = source
    const secret = typeof secretId === 'string' ? secretId : undefined
    return [{ id: String(id), type, bucket, secretId: secret, options, function: one, functionName }]
  })
}
