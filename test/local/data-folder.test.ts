import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { DataFolder, DataFolderBusy, decisionsFile, leftRun } from '../../local/data-folder.ts'
import { processInfo } from '../../local/process/process-table.ts'

let folder: string

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'data-folder-')), 'new')
  onTestFinished(() => rmSync(path.dirname(folder), { recursive: true }))
})

function runFile(): unknown {
  return JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'))
}

test('one run at a time has the folder', async () => {
  const claimed = await DataFolder.claim(folder)
  await expect(DataFolder.claim(folder)).rejects.toThrow(
    new DataFolderBusy(
      `${folder} is in use by the run with process id ${process.pid}. Stop that one, or name another folder with --data.`,
    ),
  )
  claimed.release()
  ;(await DataFolder.claim(folder)).release()
})

test('the folder is closed to other users, even if it was open before', async () => {
  mkdirSync(folder, { mode: 0o755 })
  const claimed = await DataFolder.claim(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  claimed.release()
})

test('a run that is just ending is waited for', async () => {
  const ending = await DataFolder.claim(folder)
  const next = DataFolder.claim(folder)
  setTimeout(() => ending.release(), 300)
  ;(await next).release()
})

test("the folder keeps the run's facts, for its owner alone", async () => {
  const claimed = await DataFolder.claim(folder)
  const buckets = { lake: 'lake-1', ops: 'ops-1' }
  claimed.publish({ ready: true, buckets, credentials: 'private' })
  const own = { pid: process.pid, born: processInfo(process.pid)?.born }
  expect(runFile()).toEqual({ ...own, ready: true, buckets, credentials: 'private' })
  expect(statSync(path.join(folder, 'run.json')).mode & 0o777).toBe(0o600)
})

test('a run that has ended leaves where its stores are, and no credential', async () => {
  const claimed = await DataFolder.claim(folder)
  expect(leftRun(folder)).toBeUndefined()
  claimed.publish({ buckets: { lake: 'lake-1', ops: 'ops-1' }, credentials: 'private' })
  claimed.release()
  expect(leftRun(folder)).toMatchObject({ objects: path.join(folder, 's3'), opsBucket: 'ops-1' })
  const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'))
  expect(texts.join('')).not.toContain('private')
  writeFileSync(path.join(folder, decisionsFile), '')
  utimesSync(path.join(folder, decisionsFile), 0, 4_000_000_000)
  expect(leftRun(folder)?.leftAt).toBe(4_000_000_000_000)
})

test.each([
  ['was killed', JSON.stringify({ pid: 2 ** 30, born: '1' })],
  ['has the process id of another process by now', JSON.stringify({ pid: process.pid, born: 'long ago' })],
  ['died while it was writing', '{"pid":'],
])('a run that %s is taken over', async (_, left) => {
  const first = await DataFolder.claim(folder)
  first.release()
  writeFileSync(path.join(folder, 'run.json'), left)
  await DataFolder.claim(folder)
  expect(runFile()).toMatchObject({ pid: process.pid })
})

test('a folder that cannot be made is refused in words', async () => {
  mkdirSync(path.dirname(folder), { recursive: true })
  writeFileSync(folder, 'a file')
  const refusal = (name: string) =>
    `The data folder ${name} cannot be made or used: a file stands in its way. Name another folder with --data.`
  await expect(DataFolder.claim(folder)).rejects.toThrow(refusal(folder))
  await expect(DataFolder.claim(path.join(folder, 'below'))).rejects.toThrow(refusal(path.join(folder, 'below')))
})
