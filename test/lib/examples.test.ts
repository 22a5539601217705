import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addAuditLake } from '../../lib/app.ts'
import { loadConfig } from '../../settings/load.ts'
import { appWithoutBundles, ofType, synthesize } from '../support/synthesized.ts'

const files = globSync('docs/examples/*.yaml').sort()

describe.each(files)('%s', (file) => {
  const config = loadConfig(file, { allowExamples: true })

  test('can be synthesized, within the rules of AWS Solutions', () => {
    const app = appWithoutBundles()
    addAuditLake(app, config)
    const report: unknown = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'))
    expect(report).toMatchObject({ pluginReports: [] })
  })

  test('cannot be deployed as it is', () => {
    expect(() => loadConfig(file)).toThrow('an example that only the simulated providers know')
  })
})

test('the examples of streams show every form of access', () => {
  const { resources, outputs } = synthesize(
    loadConfig('docs/examples/github-audit-streams.yaml', { allowExamples: true }),
  )
  expect(ofType(resources, 'AWS::IAM::OIDCProvider')).toHaveLength(1)
  expect(ofType(resources, 'AWS::IAM::User')).toHaveLength(1)
  expect([...outputs.keys()]).toEqual(
    expect.arrayContaining([
      'OwnBucketWriterRole',
      'KnownProviderWriterRole',
      'UserKeyWriterKey',
      'UserKeySecretArn',
      'ForeignBucketOwnerCommand',
      'GoogleKeySecretArn',
      'GoogleRoleReaderRole',
    ]),
  )
})
