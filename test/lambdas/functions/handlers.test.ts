import { readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { objectStreams } from '../../../lambdas/connectors/generated/objects.ts'
import { polledStreams } from '../../../lambdas/connectors/generated/polled.ts'
import { webhookStreams } from '../../../lambdas/connectors/generated/webhooks.ts'

const sourceTypes: Readonly<Record<string, string | undefined>> = {
  webhook: Object.keys(webhookStreams)[0],
  poller: Object.keys(polledStreams)[0],
  'stream-reader': Object.keys(objectStreams)[0],
}
const source = { id: 'a', label: 'A', secretId: 'a', excludeFilters: [] }

test.each(readdirSync('lambdas/functions'))('%s takes an event and a context, and no callback', async (name) => {
  const { env } = await import(`../../../lambdas/functions/${name}/env.ts`)
  for (const variable of Object.values<string>(env)) vi.stubEnv(variable, JSON.stringify(source))
  vi.stubEnv('SOURCE_TYPE', sourceTypes[name])
  vi.stubEnv('SOURCES', JSON.stringify({ a: source }))
  const consent = { type: 'a', clientId: 'a', clientSecretId: 'a', secretId: 'a' }
  vi.stubEnv('OAUTH_SOURCES', JSON.stringify({ a: consent }))
  vi.stubEnv('STACK', JSON.stringify({ buckets: { lake: 'a' }, queues: {} }))
  // Lambda's own, which every function has.
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, 'x')
  const { handler } = await import(`../../../lambdas/functions/${name}/index.ts`)
  // Node 24's runtime refuses a handler that takes a third argument.
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
  expect(handler).toBeTypeOf('function')
  expect(handler.length).toBeLessThanOrEqual(2)
})
