import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { processInfo } from '../../../local/process/process-table.ts'

const watching = fileURLToPath(new URL('../../fixtures/watching.ts', import.meta.url))

test.each([
  ['started by a program', `spawn(process.execPath, ['${watching}'], { stdio: 'inherit' })`],
  // The second command keeps the shell from replacing itself with the program.
  [
    'started by a shell that outlives its own parent',
    `spawn('sh', ['-c', process.execPath + ' ${watching}; true'], { stdio: 'inherit' })`,
  ],
])('a process that is %s notices the death of its starter', async (_, start) => {
  const starter = spawn(process.execPath, ['-e', `require('node:child_process').${start}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void starter.kill('SIGKILL'))
  const pid = Number(String(await once(starter.stdout, 'data')))
  expect(processInfo(pid)).toBeDefined()
  starter.kill('SIGKILL')
  await expect.poll(() => processInfo(pid)).toBeUndefined()
})
