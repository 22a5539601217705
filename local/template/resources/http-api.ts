import { createHash } from 'node:crypto'
import type { HttpApi } from '../../aws/http-api/http-api.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { functionNamed } from './function.ts'
import { nameOfLogGroup } from './log-group.ts'
import { arn, type Site } from './site.ts'

export async function api(declared: Declared, site: Site): Promise<ResourceValues> {
  if (declared.text('ProtocolType') !== 'HTTP') declared.invalid('ProtocolType', 'HTTP')
  const id = createHash('sha256').update(declared.id).digest('hex').slice(0, 10)
  const opened = await site.openApi(id)
  site.apis.set(id, opened)
  return { ref: id, attributes: { ApiId: id, ApiEndpoint: opened.url } }
}

export function stage(declared: Declared, site: Site): ResourceValues {
  const accessLog = declared.object('AccessLogSettings')
  const destination = accessLog.optionalText('DestinationArn')
  if (destination !== undefined) {
    const group = nameOfLogGroup(destination)
    const format = accessLog.text('Format')
    apiOf(declared, site).onAnswer((request) => site.cloudWatch.logAccess(group, format, request))
  }
  declared.refuse('RouteSettings', 'every route has the default')
  const throttle = declared.object('DefaultRouteSettings')
  const rate = throttle.number('ThrottlingRateLimit', 0)
  if (rate > 0) apiOf(declared, site).throttle(rate, throttle.number('ThrottlingBurstLimit', rate))
  if (declared.text('StageName') !== '$default')
    declared.invalid('StageName', '$default, the only stage without a path of its own')
  return { ref: '$default', attributes: {} }
}

/** A custom domain, which exists by its name alone: no DNS record leads to this machine. */
export function domainName(declared: Declared): ResourceValues {
  const name = declared.text('DomainName')
  return { ref: name, attributes: { RegionalDomainName: 'localhost', RegionalHostedZoneId: 'LOCAL' } }
}

export function apiMapping(declared: Declared, site: Site): ResourceValues {
  declared.refuse('ApiMappingKey', 'webhooks are at the root of a domain')
  if (declared.text('Stage') !== '$default') declared.invalid('Stage', '$default')
  site.domains.set(`https://${declared.text('DomainName')}`, apiOf(declared, site).url)
  return { ref: declared.id, attributes: {} }
}

export function integration(declared: Declared, site: Site): ResourceValues {
  apiOf(declared, site)
  if (declared.text('IntegrationType') !== 'AWS_PROXY') declared.invalid('IntegrationType', 'AWS_PROXY')
  if (declared.text('PayloadFormatVersion') !== '2.0') declared.invalid('PayloadFormatVersion', '2.0')
  site.integrations.set(declared.id, functionNamed(declared, 'IntegrationUri', site))
  return { ref: declared.id, attributes: {} }
}

export function route(declared: Declared, site: Site): ResourceValues {
  if ((declared.optionalText('AuthorizationType') ?? 'NONE') !== 'NONE') declared.invalid('AuthorizationType', 'NONE')
  const target = site.integrations.get(declared.text('Target').replace(/^integrations\//, ''))
  if (target === undefined) declared.invalid('Target', 'an integration of the template')
  const key = declared.text('RouteKey')
  const caller = arn(site, 'execute-api', `${declared.text('ApiId')}/$default/${key.replace(' ', '')}`)
  apiOf(declared, site).addRoute(key, target, () =>
    site.permissions.decide({
      caller: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      resource: target.spec.arn,
      keys: { 'aws:sourcearn': caller },
    }),
  )
  return { ref: declared.id, attributes: {} }
}

function apiOf(declared: Declared, site: Site): HttpApi {
  return site.apis.get(declared.text('ApiId')) ?? declared.invalid('ApiId', 'an API of the template')
}
