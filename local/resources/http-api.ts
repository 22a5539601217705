import { createHash } from 'node:crypto'
import type { HttpApi } from '../http-api.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { nameInArn, type Site } from './site.ts'

export async function api(declared: Declared, site: Site): Promise<ResourceValues> {
  if (declared.text('ProtocolType') !== 'HTTP') declared.invalid('ProtocolType', 'HTTP')
  const id = createHash('sha256').update(declared.id).digest('hex').slice(0, 10)
  const opened = await site.openApi(id)
  site.apis.set(id, opened)
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: opened.url } }
}

export function stage(declared: Declared, site: Site): ResourceValues {
  apiOf(declared, site)
  if (declared.text('StageName') !== '$default')
    declared.invalid('StageName', '$default, the only stage without a path of its own')
  return { ref: '$default', attributes: {} }
}

export function integration(declared: Declared, site: Site): ResourceValues {
  apiOf(declared, site)
  if (declared.text('IntegrationType') !== 'AWS_PROXY') declared.invalid('IntegrationType', 'AWS_PROXY')
  if (declared.text('PayloadFormatVersion') !== '2.0') declared.invalid('PayloadFormatVersion', '2.0')
  const target = site.functions.get(nameInArn(declared.text('IntegrationUri')))
  if (target === undefined) declared.invalid('IntegrationUri', 'a function of the template')
  site.integrations.set(declared.id, target)
  return { ref: declared.id, attributes: {} }
}

export function route(declared: Declared, site: Site): ResourceValues {
  if ((declared.optionalText('AuthorizationType') ?? 'NONE') !== 'NONE') declared.invalid('AuthorizationType', 'NONE')
  const target = site.integrations.get(declared.text('Target').replace(/^integrations\//, ''))
  if (target === undefined) declared.invalid('Target', 'an integration of the template')
  apiOf(declared, site).addRoute(declared.text('RouteKey'), target)
  return { ref: declared.id, attributes: {} }
}

function apiOf(declared: Declared, site: Site): HttpApi {
  return site.apis.get(declared.text('ApiId')) ?? declared.invalid('ApiId', 'an API of the template')
}
