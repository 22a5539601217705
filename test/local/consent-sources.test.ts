import { expect, test } from 'vitest'
import { useListeners } from '../../local/custom-domains.ts'
import {
  aimConsent,
  consentSources,
  type LaunchedFunction,
  polledSources,
  webhookSources,
} from '../../local/sources.ts'

const ofConsents = (): LaunchedFunction => ({
  spec: {
    variables: {
      OAUTH_SOURCES: JSON.stringify({
        one: {
          type: 'github-audit',
          clientId: 'Ov23one',
          clientSecretId: 'arn:one-client',
          secretId: 'arn:one',
          name: 'a',
        },
        two: {
          type: 'github-audit',
          clientId: 'Ov23two',
          clientSecretId: 'arn:two-client',
          secretId: 'arn:two',
          name: 'b',
        },
      }),
      PUBLIC_URL: 'http://127.0.0.1:8080',
    },
  },
  surroundings: {
    variables: {},
    principal: { name: 'oauth', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'KeyOfNobody' },
  },
})

test('sources whose credential is given by consent are found, and are neither polled nor webhooks by that', () => {
  const one = ofConsents()
  const site = { functions: new Map([['oauth', one]]) }
  expect(consentSources(site)).toEqual([
    {
      id: 'one',
      url: 'http://127.0.0.1:8080/oauth/one/start',
      clientId: 'Ov23one',
      clientSecretId: 'arn:one-client',
      function: one,
    },
    expect.objectContaining({ id: 'two', url: 'http://127.0.0.1:8080/oauth/two/start' }),
  ])
  expect(polledSources(site)).toEqual([])
  const routes = [{ key: 'GET /oauth/{sourceId}/start', target: { spec: one.spec } }]
  expect(webhookSources({ apis: new Map([['api', { url: 'http://127.0.0.1:8080', routes }]]) })).toEqual([])
})

test('each of them can be led to a provider of its own', () => {
  const one = ofConsents()
  const [first, second] = consentSources({ functions: new Map([['oauth', one]]) })
  if (!first || !second) throw new Error('sources are missing')
  aimConsent(first, 'http://127.0.0.1:1')
  aimConsent(second, 'http://127.0.0.1:2')
  expect(JSON.parse(one.surroundings.variables.OAUTH_SOURCES ?? '')).toMatchObject({
    one: { clientId: 'Ov23one', name: 'a', apiUrl: 'http://127.0.0.1:1', webUrl: 'http://127.0.0.1:1' },
    two: { clientId: 'Ov23two', name: 'b', apiUrl: 'http://127.0.0.1:2', webUrl: 'http://127.0.0.1:2' },
  })
  expect(one.spec.variables.OAUTH_SOURCES).not.toContain('127.0.0.1')
})

test('begin at the listener, where the template has a custom domain', () => {
  const one = ofConsents()
  const domain = 'https://lake.example'
  const others = { OTHER: '["https://lake.example.org","https://lake.example:8443"]' }
  const variables = {
    ...one.spec.variables,
    PUBLIC_URL: domain,
    STACK: `{"url":"${domain}","of":"${domain}/x"}`,
    ...others,
  }
  const listening = { ...one, spec: { variables } }
  useListeners([listening], new Map([[domain, 'http://127.0.0.1:8080']]))
  expect(listening.surroundings.variables).toEqual({
    PUBLIC_URL: 'http://127.0.0.1:8080',
    STACK: '{"url":"http://127.0.0.1:8080","of":"http://127.0.0.1:8080/x"}',
  })
  const [first] = consentSources({ functions: new Map([['oauth', listening]]) })
  expect(first?.url).toBe('http://127.0.0.1:8080/oauth/one/start')
})
