import { manifests } from '../lambdas/connectors/manifests.ts'
// Every webhook handler takes the same variables.
import { env } from '../lambdas/handlers/github-webhook/env.ts'
import type { Site } from './resources/site.ts'
import { isObject } from './template.ts'

export interface WebhookSource {
  readonly id: string
  /** As in the settings file, such as `github-webhook`. */
  readonly type: string
  readonly url: string
  readonly secretId: string
}

const sourceParameter = '{sourceId}'

/** The sources that send to a route, found as an operator would: by the routes and by what their functions are told. */
export function webhookSources(site: Pick<Site, 'apis'>): WebhookSource[] {
  return [...site.apis.values()].flatMap((api) =>
    api.routes.flatMap(({ key, target }) => {
      const path = key.slice(key.indexOf(' ') + 1)
      if (!path.includes(sourceParameter)) return []
      const sources: unknown = JSON.parse(target.spec.variables[env.sources] ?? '{}')
      return Object.entries(isObject(sources) ? sources : {}).map(([id, source]) => ({
        id,
        type: typeOfPath(path),
        url: api.url + path.replace(sourceParameter, id),
        secretId: isObject(source) ? String(source.secretId) : '',
      }))
    }),
  )
}

function typeOfPath(path: string): string {
  const types = manifests.flatMap(({ sourceTypes }) => Object.entries(sourceTypes))
  return types.find(([, type]) => path.startsWith(`/${type.path}/`))?.[0] ?? ''
}
