import { readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'

const sourceTypes: Readonly<Record<string, string>> = { webhook: 'github-webhook', poller: 'github-audit' }
const source = { id: 'a', label: 'A', secretId: 'a' }

test.each(readdirSync('lambdas/functions'))('%s takes an event and a context, and no callback', async (name) => {
  const { env } = await import(`../../../lambdas/functions/${name}/env.ts`)
  for (const variable of Object.values<string>(env)) vi.stubEnv(variable, JSON.stringify(source))
  vi.stubEnv('SOURCE_TYPE', sourceTypes[name])
  vi.stubEnv('SOURCES', JSON.stringify({ a: source }))
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  const { handler } = await import(`../../../lambdas/functions/${name}/index.ts`)
  // Node 24's runtime refuses a handler that takes a third argument.
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
  expect(handler).toBeTypeOf('function')
  expect(handler.length).toBeLessThanOrEqual(2)
})
