import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { attemptMs, newAttempt } from '../../../lambdas/core/oauth/signed-link.ts'
import { addAuditLake } from '../../../lib/app.ts'
import {
  allowedTo,
  appWithoutBundles,
  consentedSource,
  environmentOf,
  functionNamed,
  idOf,
  ofType,
  polledSource,
  roleOf,
  synthesize,
  text,
  twoSources,
} from '../../support/synthesized.ts'

const another = { ...consentedSource, id: 'another', options: { ...consentedSource.options, name: 'another' } }
const config = { ...twoSources, sources: [polledSource, consentedSource, another] }
const { resources, outputs } = synthesize(config)
const without = synthesize({ ...twoSources, sources: [polledSource] })
const ops = idOf(resources, 'AWS::S3::Bucket', 'Ops')
const key = idOf(resources, 'AWS::SecretsManager::Secret', 'IntakeOAuthKey')
const routesOf = (some: typeof resources) =>
  ofType(some, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => text(Properties.RouteKey))

describe('a source whose credential is given by consent', () => {
  test('has two routes and a function, which all such sources share', () => {
    expect(routesOf(resources)).toEqual(['GET /oauth/{sourceId}/start', 'GET /oauth/{sourceId}/callback'])
    expect(functionNamed(resources, 'oauth')).toMatchObject({ Timeout: 29 })
  })

  test('without one, there are no routes, no function, no key and no client secret', () => {
    expect(routesOf(without.resources)).toEqual([])
    expect(() => functionNamed(without.resources, 'oauth')).toThrow('no function')
    expect(ofType(without.resources, 'AWS::SecretsManager::Secret').map(([id]) => id)).toEqual(['GithubLogSecret'])
  })

  test('has a client secret beside its token, both kept when the stack is deleted, and named in the outputs', () => {
    for (const id of ['GithubConsentClientSecret', 'GithubConsentSecret']) {
      expect(resources.get(id)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' })
      expect(resources.get(id)?.Properties).not.toHaveProperty('GenerateSecretString')
    }
    expect(outputs.get('GithubConsentClientSecretArn')).toEqual({ Ref: 'GithubConsentClientSecret' })
    expect(text(outputs.get('GithubConsentOAuthCallbackUrl'))).toMatch(/ApiEndpoint>\/oauth\/github-consent\/callback$/)
  })

  test('its function reads only client secrets and the key, replaces only tokens, and keeps attempts', () => {
    const logs = idOf(resources, 'AWS::Logs::LogGroup', 'IntakeOAuthConsentLogs')
    expect(allowedTo(resources, roleOf(resources, 'oauth'))).toEqual(
      [
        `logs:CreateLogStream on <${logs}.Arn>`,
        `logs:PutLogEvents on <${logs}.Arn>`,
        `s3:GetObject on <${ops}.Arn>/oauth/*`,
        `s3:PutObject on <${ops}.Arn>/oauth/*`,
        'secretsmanager:GetSecretValue on <AnotherClientSecret>',
        'secretsmanager:GetSecretValue on <GithubConsentClientSecret>',
        `secretsmanager:GetSecretValue on <${key}>`,
        'secretsmanager:PutSecretValue on <AnotherSecret>',
        'secretsmanager:PutSecretValue on <GithubConsentSecret>',
      ].sort(),
    )
  })

  test('no other function may read a client secret or the key', () => {
    const readers = ofType(resources, 'AWS::IAM::Role')
      .map(([id]) => id)
      .filter((id) => allowedTo(resources, id).some((one) => one.includes('ClientSecret') || one.includes(`<${key}>`)))
    expect(readers).toEqual([roleOf(resources, 'oauth')])
  })

  test('its function learns of client id, secrets and whose log it must be', () => {
    const { OAUTH_SOURCES: sources, ...others } = environmentOf(functionNamed(resources, 'oauth'))
    expect(JSON.parse(text(sources))['github-consent']).toEqual({
      type: 'github-audit',
      clientId: 'Ov23example',
      clientSecretId: '<GithubConsentClientSecret>',
      secretId: '<GithubConsentSecret>',
      scope: 'organization',
      name: 'octo',
      ratePercent: 100,
    })
    expect(text(others.OAUTH_KEY_SECRET_ID)).toBe(`<${key}>`)
    expect(text(others.PUBLIC_URL)).toMatch(/\.ApiEndpoint>$/)
  })

  test('is polled as it is without consent: how the credential comes in is no part of whose log it is', () => {
    const described = ofType(resources, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { SOURCE: source } = environmentOf(Properties)
      return source === undefined ? [] : [z.record(z.string(), z.unknown()).parse(JSON.parse(text(source)))]
    })
    expect(described.map(({ id }) => id)).toContain('github-consent')
    for (const source of described) expect(source).not.toHaveProperty('oauth')
  })

  test('the commands learn which key signs links and where the client secret belongs', () => {
    const facts = (some: typeof resources) => JSON.parse(text(environmentOf(functionNamed(some, 'janitor')).STACK))
    expect(facts(resources).oauthKeySecretId).toBe(`<${key}>`)
    expect(facts(resources).sources['github-consent'].clientSecret).toContain('GithubConsentClientSecret')
    expect(facts(resources).sources['github-log']).not.toHaveProperty('clientSecret')
    expect(facts(without.resources)).not.toHaveProperty('oauthKeySecretId')
  })

  test('its key is generated, long, and never an output', () => {
    expect(resources.get(key)?.Properties).toMatchObject({
      GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
    })
    expect([...outputs.values()].map(text).filter((value) => value.includes(key))).toEqual([])
  })

  test('its attempts are deleted after a day, long after the last link of them has expired', () => {
    const attempt = newAttempt('github-consent', 0)
    expect(attempt.expiresAt + attemptMs).toBeLessThan(24 * 3_600_000)
    expect(resources.get(ops)?.Properties).toMatchObject({
      LifecycleConfiguration: {
        Rules: expect.arrayContaining([{ ExpirationInDays: 1, Prefix: 'oauth/', Status: 'Enabled' }]),
      },
    })
  })
})

test('the access log of the routes holds neither query nor path', () => {
  const [[, stage] = ['', undefined]] = ofType(resources, 'AWS::ApiGatewayV2::Stage')
  const { Format } = z
    .object({ AccessLogSettings: z.object({ Format: z.string() }) })
    .parse(stage?.Properties).AccessLogSettings
  expect(Format).toContain('$context.routeKey')
  expect(Format).not.toMatch(/\$context\.(path|httpMethod|identity\.userAgent)|querystring|\$request/i)
})

test('synthesis with consents passes the AWS Solutions rules and those of CloudFormation', () => {
  const app = appWithoutBundles()
  addAuditLake(app, config)
  const report: unknown = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'))
  expect(report).toMatchObject({ pluginReports: [] })
})
