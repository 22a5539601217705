import { webhookEnv } from '../lambdas/connectors/manifest.ts'
import { manifests } from '../lambdas/connectors/manifests.ts'
import { isObject, type JsonObject } from './json.ts'

export interface WebhookSource {
  readonly id: string
  /** As in the settings file, such as `github-webhook`. */
  readonly type: string
  readonly url: string
  readonly secretId: string
  /** Whatever else its function is told of it: the options of its type. */
  readonly options: JsonObject
}

/** An HTTP API, as far as it tells who may send to it. */
export interface RoutedApi {
  readonly url: string
  readonly routes: readonly {
    readonly key: string
    readonly target: { readonly spec: { readonly variables: Readonly<Record<string, string>> } }
  }[]
}

const sourceParameter = '{sourceId}'

/** The sources that send to a route, found as an operator would: by the routes and by what their functions are told. */
export function webhookSources(site: { readonly apis: ReadonlyMap<string, RoutedApi> }): WebhookSource[] {
  return [...site.apis.values()].flatMap((api) =>
    api.routes.flatMap(({ key, target }) => {
      const path = key.slice(key.indexOf(' ') + 1)
      if (!path.includes(sourceParameter)) return []
      const sources: unknown = JSON.parse(target.spec.variables[webhookEnv.sources] ?? '{}')
      return Object.entries(isObject(sources) ? sources : {}).map(([id, source]) => {
        const { secretId = '', label: _, ...options } = isObject(source) ? source : {}
        const url = api.url + path.replace(sourceParameter, id)
        return { id, type: typeOfPath(path), url, secretId: String(secretId), options }
      })
    }),
  )
}

function typeOfPath(path: string): string {
  const types = manifests.flatMap(({ sourceTypes }) => Object.entries(sourceTypes))
  return types.find(([, type]) => path.startsWith(`/${type.path}/`))?.[0] ?? ''
}
