import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const script = 'bin/require-node.mjs'

test('npm ci succeeds on Node 24', () => {
  expect(spawnSync(process.execPath, [script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})

test('npm ci on an older Node fails with a remedy', () => {
  const older = "Object.defineProperty(process.versions, 'node', { value: '20.1.0' })"
  const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, script]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^AuditLake needs Node 24 and would run on Node 20\.1\.0\. .*npm ci/)
})
