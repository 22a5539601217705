import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startConsoleProcess } from '../../cli/console-process.ts'

/** A program that stands for the console. */
function programOf(text: string): { readonly folder: string; readonly program: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'console-process-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = path.join(folder, 'program.mjs')
  writeFileSync(program, text)
  return { folder, program }
}

const sendsLink = "process.send({ console: 'http://127.0.0.1:1/#token=x' })"

test('a console that ends after its start is told once, with its last words; one that is stopped is not', async () => {
  const told: string[] = []
  const onEnd = (text: string) => told.push(text)
  const { folder, program } = programOf(`${sendsLink}; setTimeout(() => { throw new Error('no memory') }, 100)`)
  const { url } = await startConsoleProcess(folder, { program, onEnd })
  expect(url).toBe('http://127.0.0.1:1/#token=x')
  await expect
    .poll(() => told)
    .toEqual([
      expect.stringMatching(/^The console has ended; the run goes on\. The console's last words: [\s\S]*no memory/),
    ])

  const lasting = programOf(`${sendsLink}; setInterval(() => {}, 1000)`)
  const { stop } = await startConsoleProcess(lasting.folder, { program: lasting.program, onEnd })
  stop()
  await pause(200)
  expect(told).toHaveLength(1)
})

test('a console that does not start ends in words', async () => {
  const failing = programOf("throw new Error('no page')")
  expect(await startConsoleProcess(failing.folder, { program: failing.program })).toMatchObject({
    url: undefined,
    problem: expect.stringMatching(/^The console did not start: [\s\S]*no page/),
  })
  const silent = programOf('setInterval(() => {}, 1000)')
  expect(await startConsoleProcess(silent.folder, { program: silent.program, startMs: 300 })).toMatchObject({
    url: undefined,
    problem: 'The console did not start: it took longer than 0.3 seconds',
  })
  const { execPath } = process
  onTestFinished(() => {
    process.execPath = execPath
  })
  process.execPath = '/nowhere/node'
  expect(await startConsoleProcess(silent.folder)).toMatchObject({
    url: undefined,
    problem: 'The console did not start: spawn /nowhere/node ENOENT',
  })
})
