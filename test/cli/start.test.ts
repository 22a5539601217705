import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { clientOf } from '../support/console-world.ts'
import { webhookSettings, workplace } from '../support/pipeline.ts'

test('npm start says for people what to do with each source, the link of the console last, and at the end where the data is', async () => {
  const { config, data, remove } = await workplace(webhookSettings)
  const start = join(import.meta.dirname, '../../cli/start.ts')
  const args = [start, '--no-simulators', '--config', config, '--data', data]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await remove()
  })
  const lines: string[] = []
  let link = ''
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    const [, url] = /^Look at it: (http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43})$/.exec(line) ?? []
    if (url === undefined) continue
    link = url
    expect(lines.at(-2)).toMatch(/^In another terminal: /)
    expect((await fetch(link)).status).toBe(200)
    // Its facts may be missing in the first minute.
    expect([200, 503]).toContain((await clientOf(link).ask('/api/overview')).status)
    child.kill('SIGINT')
  }
  await expect.poll(() => fetch(link).then(Boolean, () => false)).toBe(false)
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
  for (const id of ['hooks', 'other-hooks', 'healing', 'notebooks']) {
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(`^${id}: npm run connect -- --data \\S+ ${id} sets it up; its URL is http://127\\.0\\.0\\.1:\\d+/`),
      ),
    )
  }
  expect(lines).toContain('stream: reads what its provider writes')
  expect(lines).toContainEqual(
    expect.stringContaining(`Stopped; all data is kept in ${data}. Ask it: npm run query -- `),
  )
})
