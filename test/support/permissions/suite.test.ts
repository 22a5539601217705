import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = path.join(import.meta.dirname, '../../..')

/** Runs small test files under the check, in their own project, and returns the final output. */
function runSuite(files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'permission-suite-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(path.join(folder, 'data'))
  const config = `export default { test: {
    include: ['*.test.js'], globals: true, pool: 'forks', maxWorkers: 2,
    globalSetup: ['${path.join(root, 'test/support/permissions/suite.ts')}'],
  } }`
  const header = `
    import { DecisionLog } from '${path.join(root, 'local/aws/iam/decision-log.ts')}'
    const grants = ['s3:GetObject', 's3:PutObject'].map((action) => (
      { principal: 'role', statement: 'Policy[0]', action, resource: '*', condition: '' }))
    const decide = (action, allowed = true, expectRefusals = false) => {
      const log = new DecisionLog('${folder}/data/' + action + allowed, process.env.AUDIT_LAKE_DECISIONS)
      log.begin({ grants, expectRefusals })
      const statement = allowed ? 'Policy[0]' : null
      log.write({ time: '', principal: 'writer', action, resource: 'arn', allowed, statement })
      log.close()
    }`
  writeFileSync(path.join(folder, 'vitest.config.mjs'), config)
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(path.join(folder, `${name}.test.js`), `${header}\ntest('${name}', () => { ${body} })`)
  }
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const env = { ...process.env, NO_COLOR: '1' }
  const command = [vitest, 'run', '--root', folder, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env })
  return { status, said: stdout.slice(stdout.search(/^permissions: /m)).trim() || stderr }
}

const reads = "decide('s3:GetObject')"
const writes = "decide('s3:PutObject')"
const isRefused = "decide('s3:DeleteObject', false)"
const wronglyListed = 'on-behalf.ts lists'

test('decisions of all workers count together; unused and refused permissions fail the run', () => {
  const { status, said } = runSuite({ one: reads, two: isRefused })
  const [line, ...problems] = said.split('\n').map((text) => text.trim())
  expect(line).toBe('permissions: 2 calls seen, 1 refused, 1 unused')
  expect(problems.filter((problem) => !problem.startsWith(wronglyListed))).toEqual([
    'refused: writer: s3:DeleteObject on arn',
    expect.stringMatching(/^unused: role: s3:PutObject on \*\. /),
  ])
  expect(status).toBe(1)
})

test.each([
  ['a folder', ['one']],
  ['a name', ['-t', 'one']],
])('a part chosen by %s is not judged for unused permissions', (_, args) => {
  expect(runSuite({ one: reads, two: writes }, ...args)).toEqual({
    status: 0,
    said: 'permissions: 1 calls seen, 0 refused, unused not judged, because only a part of the tests ran',
  })
})

test('an unexpected refusal fails a part, too', () => {
  expect(runSuite({ one: isRefused, two: writes }, 'one').status).toBe(1)
  expect(runSuite({ one: "decide('s3:DeleteObject', false, true)", two: writes }, 'one').status).toBe(0)
})
