import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addAuditLake } from '../../../lib/app.ts'
import {
  appWithoutBundles,
  consentedSource,
  environmentOf,
  functionNamed,
  idOf,
  ofType,
  synthesize,
  text,
  twoSources,
} from '../../support/synthesized.ts'

const customDomain = {
  domainName: 'logs.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef',
}
const config = { ...twoSources, sources: [...twoSources.sources, consentedSource], customDomain }
const { resources, outputs } = synthesize(config)
const without = synthesize({ ...config, customDomain: undefined })
const domain = idOf(resources, 'AWS::ApiGatewayV2::DomainName', 'Intake')

describe('a custom domain', () => {
  test('leads to the root of the API, with TLS 1.2 at least', () => {
    expect(resources.get(domain)?.Properties).toEqual({
      DomainName: customDomain.domainName,
      DomainNameConfigurations: [
        { CertificateArn: customDomain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    })
    const [[, mapping] = ['', undefined], ...others] = ofType(resources, 'AWS::ApiGatewayV2::ApiMapping')
    expect(others).toEqual([])
    expect(mapping).toMatchObject({
      Properties: {
        ApiId: { Ref: idOf(resources, 'AWS::ApiGatewayV2::Api', 'Intake') },
        DomainName: { Ref: domain },
        Stage: '$default',
      },
      DependsOn: [idOf(resources, 'AWS::ApiGatewayV2::Stage', 'Intake')],
    })
  })

  test('is in every URL: those of webhooks, of callbacks, and those that the function for consents and the commands build', () => {
    const url = 'https://logs.example.com'
    expect(outputs.get('GithubTwoWebhookUrl')).toBe(`${url}/github/github-two`)
    expect(outputs.get('GithubConsentOAuthCallbackUrl')).toBe(`${url}/oauth/github-consent/callback`)
    expect(environmentOf(functionNamed(resources, 'oauth')).PUBLIC_URL).toBe(url)
    const facts = JSON.parse(text(environmentOf(functionNamed(resources, 'janitor')).STACK))
    expect(facts.webhooks.url).toBe(url)
    expect(JSON.stringify([...resources.values(), ...outputs.values()])).not.toContain('ApiEndpoint')
  })

  test('has a target for its DNS record among the outputs', () => {
    expect(outputs.get('CustomDomainTarget')).toEqual({ 'Fn::GetAtt': [domain, 'RegionalDomainName'] })
    expect(outputs.get('CustomDomainZoneId')).toEqual({ 'Fn::GetAtt': [domain, 'RegionalHostedZoneId'] })
  })

  test('adds two resources and two outputs, and replaces none: the API keeps its own name, where providers may still send', () => {
    const names = (of: ReadonlyMap<string, unknown>) => [...of.keys()]
    const added = [resources, outputs].map((of, index) => {
      const before = new Set(names(index === 0 ? without.resources : without.outputs))
      expect(names(of)).toEqual(expect.arrayContaining([...before]))
      return names(of).filter((name) => !before.has(name)).length
    })
    expect(added).toEqual([2, 2])
    const api = (of: typeof resources) => ofType(of, 'AWS::ApiGatewayV2::Api')
    expect(api(resources)).toEqual(api(without.resources))
  })

  test('passes the AWS Solutions rules and those of CloudFormation', () => {
    const app = appWithoutBundles()
    addAuditLake(app, config)
    const report: unknown = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'))
    expect(report).toMatchObject({ pluginReports: [] })
  })
})
