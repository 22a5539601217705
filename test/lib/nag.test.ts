import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { expect, test } from 'vitest'
import { addAuditLake } from '../../lib/app.ts'
import { appWithoutBundles, twoSources } from '../support/synthesized.ts'

test('synthesis passes the AWS Solutions rules and those of CloudFormation', () => {
  const app = appWithoutBundles()
  addAuditLake(app, twoSources)
  const report: unknown = JSON.parse(readFileSync(join(app.synth().directory, 'validation-report.json'), 'utf8'))
  expect(report).toMatchObject({ pluginReports: [] })
})

test('synthesis fails on a resource that breaks a rule, and names both', () => {
  const app = appWithoutBundles()
  new Bucket(addAuditLake(app, twoSources), 'Careless')
  expect(() => app.synth()).toThrow(
    /does not require requests to use SSL[\s\S]*AuditLake\/Careless\/Resource[\s\S]*AwsSolutions-S10/,
  )
})
