import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FunctionLogs } from '../../local/aws/lambda/logs.ts'
import { BoundedFile } from '../../local/bounded-file.ts'

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'bounded-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('a full file replaces the one put aside before it, without losing a line in between', () => {
  const dir = folder()
  const file = new BoundedFile(path.join(dir, 'a.log'), { append: true, limitBytes: 100 })
  const lines = Array.from({ length: 50 }, (_, n) => `line ${n}\n`)
  for (const line of lines) file.write(line)
  file.close()
  expect(readdirSync(dir).sort()).toEqual(['a.1.log', 'a.log'])
  const [old = '', current = ''] = ['a.1.log', 'a.log'].map((name) => readFileSync(path.join(dir, name), 'utf8'))
  expect(lines.join('').endsWith(old + current)).toBe(true)
  expect(old.length).toBeLessThan(110)
})

test('existing content counts for the limit, and only the owner may read the file', () => {
  const dir = folder()
  const name = path.join(dir, 'a.log')
  for (let n = 0; n < 2; n++) {
    const file = new BoundedFile(name, { append: true, limitBytes: 10 })
    file.write('more than ten bytes\n')
    file.close()
  }
  expect(readFileSync(path.join(dir, 'a.1.log'), 'utf8')).toBe('more than ten bytes\n')
  expect(statSync(name).mode & 0o777).toBe(0o600)
})

test('a file can begin anew with each run', () => {
  const name = path.join(folder(), 'a.log')
  for (const text of ['one', 'two']) {
    const file = new BoundedFile(name, { append: false, onOpen: () => 'begin ' })
    file.write(text)
    file.close()
  }
  expect(readFileSync(name, 'utf8')).toBe('begin two')
})

test("closed logs have each function's output in its own file, in order", () => {
  const dir = folder()
  const logs = new FunctionLogs(dir)
  for (const line of ['one', 'two']) for (const name of ['writer', 'janitor']) logs.write(name, `${name} ${line}`)
  logs.close()
  expect(readFileSync(path.join(dir, 'writer.log'), 'utf8')).toBe('writer one\nwriter two\n')
  expect(readFileSync(path.join(dir, 'janitor.log'), 'utf8')).toBe('janitor one\njanitor two\n')
})
