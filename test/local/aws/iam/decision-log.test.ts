import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Decision, DecisionLog } from '../../../../local/aws/iam/decision-log.ts'

const decision = (resource: string): Decision => ({
  time: '2026-11-20T00:00:00.000Z',
  principal: 'writer',
  action: 's3:PutObject',
  resource,
  allowed: true,
  statement: 'Policy[0]',
})

function folders() {
  const folder = mkdtempSync(path.join(tmpdir(), 'decisions-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [data, collection] = [path.join(folder, 'data'), path.join(folder, 'collection')]
  for (const one of [data, collection]) mkdirSync(one)
  return { data, collection, file: path.join(data, 'decisions.ndjson') }
}

test('a decision can be read as soon as it is made, and the log is that of the latest run', () => {
  const { file } = folders()
  for (const resource of ['a', 'b']) {
    const log = new DecisionLog(file, undefined)
    log.write(decision(resource))
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(decision(resource))}\n`)
    log.close()
  }
})

test('a collection has the decisions of all runs, each once, also when one was killed and their data is gone', () => {
  const { file, data, collection } = folders()
  for (const resource of ['a', 'b']) {
    const log = new DecisionLog(file, collection)
    log.write(decision(resource))
    log.close()
    appendFileSync(file, '{"time":"2026-')
  }
  rmSync(data, { recursive: true })
  const [link = '', ...others] = readdirSync(collection)
  expect(others).toEqual([])
  const lines = readFileSync(path.join(collection, link), 'utf8').split('\n').filter(Boolean)
  const [first, second] = [JSON.stringify(decision('a')), JSON.stringify(decision('b'))]
  expect(lines).toEqual([first, '{"time":"2026-', second, '{"time":"2026-'])
})
