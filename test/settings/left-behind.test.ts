import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadConfig, SettingsError } from '../../settings/load.ts'
import type { Config } from '../../settings/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-'))
const file = join(folder, 'audit-lake.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const sources = `sources:
  - {id: hooks, type: github-webhook, label: Hooks}
  - {id: constructor, type: github-webhook, label: Named as a member of every object}
  - {id: healing, type: github-webhook, label: Healing, recovery: {owner: octo, hookId: 109948940}}
  - {id: log, type: github-audit, label: Log, name: octo, oauth: {clientId: Ov23example}}
  - {id: stream, type: github-audit-stream-s3, label: Stream, enterprise: octo}
  - {id: trusted, type: github-audit-stream-gcs, label: Trusted, bucket: octo-log, audience: "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/audit-lake/providers/audit-lake-aws"}
`

function load(names: string): Config {
  writeFileSync(file, `${names}\n${sources}`)
  return loadConfig(file)
}

/** The lines of the error's message without the file name. */
function problems(names: string): string[] {
  try {
    load(names)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message.replaceAll(`${file}:`, '').split('\n').slice(1)
  }
  throw new Error('these settings were accepted')
}

const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`

test('names of buckets, and ARNs of every secret that the sources have, are accepted', () => {
  const secretArns = {
    hooks: secret('HooksSecret-a1B2c3D4e5F6-AbCdEf'),
    constructor: secret('ConstructorSecret-a1B2c3D4e5F6-AbCdEf'),
    healing: secret('HealingSecret-a1B2c3D4e5F6-AbCdEf'),
    'healing.recovery': secret('HealingRecoverySecret-a1B2c3D4e5F6-AbCdEf'),
    log: secret('LogSecret-a1B2c3D4e5F6-AbCdEf'),
    'log.client': secret('LogClientSecret-a1B2c3D4e5F6-AbCdEf').replace('arn:aws:', 'arn:aws-us-gov:'),
  }
  const names = { lakeBucketName: 'auditlake-lakebucketb1d32e10-x7y8', opsBucketName: 'my.ops' }
  const text = Object.entries({ ...names, secretArns }).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  expect(load(text.join('\n'))).toMatchObject({ ...names, secretArns })
})

test.each([
  ['lakeBucketName: s3://my-lake', '1:17: lakeBucketName: is "s3://my-lake"; must be the name of a bucket alone'],
  ['lakeBucketName: ab', '1:17: lakeBucketName: is "ab"; must be the name of a bucket'],
  ['lakeBucketName: My-lake', '1:17: lakeBucketName: is "My-lake"; must be'],
  ['opsBucketName: my-ops-', '1:16: opsBucketName: is "my-ops-"; must be'],
  ['opsBucketName: my..ops', '1:16: opsBucketName: is "my..ops"; must be'],
  ['opsBucketName: 192.0.2.1', '1:16: opsBucketName: is "192.0.2.1"; must be'],
  ['opsBucketName: 12345', '1:16: opsBucketName: is 12345; expected text: put it in quotes'],
  ['lakeBucketName: one\nopsBucketName: one', '2:16: opsBucketName: names the lake bucket too; name the bucket of'],
  ['secretArns: []', '1:13: secretArns: is empty; expected a mapping'],
  [
    `secretArns:\n  hooks: ${secret('HooksSecret-a1B2c3D4e5F6')}`,
    '2:10: secretArns.hooks: is "arn:aws:secretsmanager:eu-west-1:123456789012:secret:Hoo...; must be the whole ARN of a secret',
  ],
  ['secretArns:\n  hooks: HooksSecret', '2:10: secretArns.hooks: is "HooksSecret"; must be the whole ARN of a secret'],
  [
    `secretArns:\n  hoks: ${secret('HooksSecret-AbCdEf')}`,
    '2:9: secretArns.hoks: is not the key of a secret that a source has; did you mean "hooks"?',
  ],
  [
    `secretArns:\n  stream: ${secret('StreamSecret-AbCdEf')}`,
    '2:11: secretArns.stream: is not the key of a secret that a source has; the sources have hooks, constructor, healing, healing.recovery, log, log.client',
  ],
  ...['hooks.recovery', 'hooks.client', 'log.recovery', 'trusted'].map((key) => [
    `secretArns: {${key}: "${secret('OtherSecret-AbCdEf')}"}`,
    `secretArns.${key}: is not the key of a secret that a source has`,
  ]),
  [
    `secretArns: {hooks: "${secret('x'.repeat(40))}-AbCdEf"}`,
    'secretArns.hooks: has a name of 47 characters, and the functions have room for 31; remove it, and copy its value',
  ],
  [
    `secretArns:\n  hooks: ${secret('HooksSecret-AbCdEf')}\n  healing: ${secret('HooksSecret-AbCdEf')}`,
    '3:12: secretArns.healing: is also the secret of hooks; each secret belongs to one source',
  ],
])('a problem is reported at its line: %#', (names, expected) => {
  const [problem, ...others] = problems(names)
  expect(problem).toContain(expected)
  expect(others).toEqual([])
})

test('they are reported beside other problems, each of them', () => {
  const names = `retentionDays: 0
unknown: 1
lakeBucketName: one
opsBucketName: one
secretArns:
  hooks: no
  gone: ${secret('Gone-AbCdEf')}
  log: ${secret('Gone-AbCdEf')}`
  expect(problems(names).map((problem) => problem.replace(/;.*/, ''))).toEqual([
    '1:16: retentionDays: is 0',
    '2:1: unknown: is not a known key',
    '4:16: opsBucketName: names the lake bucket too',
    '6:10: secretArns.hooks: is "no"',
    '7:9: secretArns.gone: is not the key of a secret that a source has',
    '8:8: secretArns.log: is also the secret of gone',
  ])
})

test('problems of the sources come first, also of those that have no options', () => {
  writeFileSync(file, `secretArns: {gone: no}\n${sources.replace('label: Hooks', 'lable: Hooks')}`)
  expect(() => loadConfig(file)).toThrow(/has 3 problems:[\s\S]*lable: is not a known key/)
  writeFileSync(file, 'lakeBucketName: one\nsources: []')
  expect(() => loadConfig(file)).toThrow(/has a problem:\n.*sources: is empty/)
  writeFileSync(file, '[]')
  expect(() => loadConfig(file)).toThrow(/has a problem:/)
})
