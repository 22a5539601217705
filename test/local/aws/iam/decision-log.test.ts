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

test('a decision is readable at once, and the log covers the latest run only', () => {
  const { file } = folders()
  for (const resource of ['a', 'b']) {
    const log = new DecisionLog(file, undefined)
    log.write(decision(resource))
    expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(decision(resource))}\n`)
    log.close()
  }
})

test('a collection has the decisions of all runs once, even after a kill and without their data', () => {
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

test('a repeated decision is written once, and its repeats as one line with their number', () => {
  const { file } = folders()
  const log = new DecisionLog(file, undefined)
  for (const resource of ['a', 'b', 'a', 'a']) log.write(decision(resource))
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3)
  log.close()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([decision('a'), decision('b'), { ...decision('a'), count: 2 }])
})

test('a full file is put aside, and the new one repeats grants and decisions', () => {
  const { file, data, collection } = folders()
  const log = new DecisionLog(file, collection, 2_000)
  const run = { grants: [], expectRefusals: true }
  log.begin(run)
  for (let n = 0; n < 100; n++) for (const resource of [`r${n}`, 'always']) log.write(decision(resource))
  log.close()
  const entries = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  for (const name of ['decisions.ndjson', 'decisions.1.ndjson']) {
    const text = readFileSync(path.join(data, name), 'utf8')
    expect(text.length).toBeLessThan(2_500)
    expect(entries(text)[0]).toEqual(run)
    expect(entries(text)).toContainEqual(decision('always'))
  }
  const collected = readdirSync(collection).flatMap((name) =>
    entries(readFileSync(path.join(collection, name), 'utf8')),
  )
  const resources = new Set(collected.map(({ resource }) => resource))
  expect(resources.size).toBe(102)
})
