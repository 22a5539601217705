import { expect, test } from 'vitest'
import type { JsonObject } from '../../../local/json.ts'
import { runTemplate } from '../../support/stream-template.ts'

const api: JsonObject = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'lake.invalid' } },
}
const mapping = (properties: JsonObject = {}): JsonObject => ({
  Mapping: {
    Type: 'AWS::ApiGatewayV2::ApiMapping',
    Properties: { ApiId: { Ref: 'Api' }, DomainName: { Ref: 'Domain' }, Stage: '$default', ...properties },
  },
})

test('a custom domain answers references, and has no address here', async () => {
  const outputs = { Target: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] } }
  const run = await runTemplate({ ...api, ...mapping() }, { outputs })
  expect(run.ready.webhooks).toEqual({})
})

test.each<[string, JsonObject, string]>([
  ['a path of its own', { ApiMappingKey: 'hooks' }, 'does not support ApiMappingKey'],
  ['another stage', { Stage: 'test' }, 'Stage should be $default'],
  ['an API that is not there', { ApiId: 'none' }, 'ApiId should be an API of the template'],
])('%s is refused', async (_, properties, complaint) => {
  await expect(runTemplate({ ...api, ...mapping(properties) })).rejects.toThrow(complaint)
})
