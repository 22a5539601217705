import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { webhookSettings, workplace } from '../support/pipeline.ts'

test('npm start says for people what to do with each source, and at the end where the data is', async () => {
  const { config, data, remove } = await workplace(webhookSettings)
  const start = join(import.meta.dirname, '../../cli/start.ts')
  const args = [start, '--no-simulators', '--config', config, '--data', data]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await remove()
  })
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line.startsWith('In another terminal: ')) child.kill('SIGINT')
  }
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
