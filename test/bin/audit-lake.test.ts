import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'cdk-app-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('invalid settings end the CDK app with status 1, only their message and no template', () => {
  const config = join(folder, 'wrong.yaml')
  const outdir = join(folder, 'cdk.out')
  writeFileSync(config, 'retentionDays: 0\nsources: []\n')
  const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ config }), CDK_OUTDIR: outdir }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/audit-lake.ts'], { env, encoding: 'utf8' })
  expect(stderr).toBe(`${config} has 2 problems:
${config}:1:16: retentionDays: is 0; expected at least 1
${config}:2:10: sources: is empty; expected at least 1 item
`)
  expect(stdout).toBe('')
  expect(status).toBe(1)
  expect(existsSync(join(outdir, 'manifest.json'))).toBe(false)
})

test('a bare deployment of the shipped settings is refused, because their names are examples', () => {
  const env = { ...process.env, CDK_CONTEXT_JSON: '{}', CDK_OUTDIR: join(folder, 'examples.out') }
  const { status, stderr } = spawnSync(process.execPath, ['bin/audit-lake.ts'], { env, encoding: 'utf8' })
  expect(stderr).toMatch(/^audit-lake\.yaml:\d+:\d+: sources\[2\]\.name: is "example-org", an example/m)
  expect(status).toBe(1)
})
