import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../support/clients.ts'
import { runTemplate } from '../support/stream-template.ts'

const api = { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } }

/** Starts a run in the folder, and ends it. @returns the port of its API */
async function portOf(dataDir: string, port?: number): Promise<number> {
  const run = await runTemplate(api, { dataDir, ...(port !== undefined && { port }) })
  const [url = ''] = run.apiUrls
  await run.stop()
  return Number(new URL(url).port)
}

test('a run keeps the port of the last one in its folder, so that the URLs of webhooks stay, unless it is taken', async () => {
  const dataDir = await temporaryFolder()
  const first = await portOf(dataDir)
  expect(await portOf(dataDir)).toBe(first)
  const other = createServer()
  other.listen(first, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const second = await portOf(dataDir)
  expect(second).not.toBe(first)
  await expect(portOf(dataDir, first)).rejects.toThrow(`port ${first} is taken by another process`)
  expect(await portOf(dataDir)).toBe(second)
})
