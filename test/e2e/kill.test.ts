import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, expect, test } from 'vitest'
import type { Ready } from '../../local/run.ts'
import { postDelivery, signDelivery } from '../../simulators/github/webhooks.ts'
import { eventually, query, type Workplace, webhookSettings, workplace } from '../support/pipeline.ts'

const root = join(import.meta.dirname, '..', '..')
const start = join(root, 'cli', 'start.ts')
let place: Workplace | undefined
let child: ChildProcess | undefined
afterAll(async () => {
  child?.kill('SIGKILL')
  await place?.remove()
})

const options = ({ config, data }: Workplace) => ['--json', '--no-simulators', '--config', config, '--data', data]

const run = (workplace: Workplace): Promise<Ready> => started(process.execPath, [start, ...options(workplace)])

async function started(command: string, args: readonly string[]): Promise<Ready> {
  child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  if (!child.stdout) throw new TypeError('no output')
  for await (const line of createInterface(child.stdout)) if (line.startsWith('{')) return JSON.parse(line)
  throw new Error('the pipeline ended before it was ready')
}

/**
 * Sends events as fast as they are answered until the pipeline is killed: some time after a number of them was
 * acknowledged. @returns what was acknowledged
 */
async function sendUntilKilled(ready: Ready, atLeast: number, killAfterMs: number): Promise<string[]> {
  const { url = '', secretId = '' } = ready.webhooks.hooks ?? {}
  const client = new SecretsManagerClient({
    credentials: ready.credentials,
    endpoint: ready.endpoints.secretsmanager,
    region: ready.region,
  })
  const { SecretString: secret = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
  client.destroy()
  const acknowledged: string[] = []
  let killed = false
  const send = async () => {
    while (!killed) {
      const delivery = signDelivery({ event: 'push', payload: { ref: 'refs/heads/main' }, secret })
      const { ok } = await postDelivery(url, delivery)
      if (ok) acknowledged.push(delivery.guid)
    }
  }
  const senders = [send(), send(), send()]
  await expect.poll(() => acknowledged.length, { interval: 5 }).toBeGreaterThanOrEqual(atLeast)
  await sleep(killAfterMs)
  const exited = child && once(child, 'exit')
  child?.kill('SIGKILL')
  killed = true
  await exited
  await Promise.all(senders)
  return acknowledged
}

test('every acknowledged event becomes a row, however often the pipeline is killed', async () => {
  place = await workplace(webhookSettings)
  const { data } = place
  const acknowledged: string[] = []
  // While messages wait for the writer, while it writes two seconds after a start, and right after a start.
  const kills = [
    [20, 300],
    [20, 1_900],
    [20, 2_600],
    [1, 0],
  ] as const
  for (const [atLeast, killAfterMs] of kills) {
    acknowledged.push(...(await sendUntilKilled(await run(place), atLeast, killAfterMs)))
  }

  // A killed npm must not leave a run that still holds the folder.
  await started('npm', ['start', '--', ...options(place)])
  child?.kill('SIGKILL')

  await run(place)
  const stored = async () => {
    const rows = await query(data, 'select distinct p_webhook_delivery as guid from github_webhook')
    return new Set(rows.map(({ guid }) => guid))
  }
  const missing = (found: Set<unknown>) => acknowledged.filter((guid) => !found.has(guid))
  const found = await eventually(stored, (guids) => missing(guids).length === 0)
  expect(missing(found)).toEqual([])

  const exited = child && once(child, 'exit')
  child?.kill('SIGTERM')
  expect((await exited)?.[0]).toBe(0)
})
