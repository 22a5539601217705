import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addAuditLake } from '../../lib/app.ts'
import type { Config } from '../../settings/settings.ts'
import {
  allowedTo,
  appWithoutBundles,
  consentedSource,
  environmentOf,
  functionNamed,
  healingSource,
  idOf,
  ofType,
  polledSource,
  roleOf,
  synthesize,
  text,
  twoSources,
} from '../support/synthesized.ts'

const arnOf = (name: string) => `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}-AbCdEf`
const names = { lakeBucketName: 'old-lake', opsBucketName: 'old-ops' }
const stream: Config['sources'][number] = {
  id: 'stream',
  type: 'github-audit-stream-s3',
  label: 'Stream',
  options: { enterprise: 'octo', access: 'oidc', keepObjectsDays: 30, excludeFilters: [], copilotUsage: 'keep' },
}
const watched = { ...stream, id: 'watched', options: { ...stream.options, configuration: 'watch' } }
const listed: Config['sources'][number] = {
  id: 'listed',
  type: 'github-audit-stream-gcs',
  label: 'Listed',
  options: { bucket: 'octo-log', excludeFilters: [], copilotUsage: 'keep' },
}
const sources = [...twoSources.sources, polledSource, consentedSource, healingSource, stream, watched, listed]
const withoutNames = synthesize({ ...twoSources, sources })

/** The resources that only one of two templates has. */
const difference = (one: typeof withoutNames, other: typeof withoutNames) =>
  [...one.resources.keys()].filter((id) => !other.resources.has(id)).sort()

describe('with the names of both buckets', () => {
  const named = synthesize({ ...twoSources, ...names, sources })

  test('the template has everything but these buckets, under the same logical ids', () => {
    const [lake, ops] = ['Lake', 'Ops'].map((beginning) => idOf(withoutNames.resources, 'AWS::S3::Bucket', beginning))
    expect(difference(withoutNames, named)).toEqual([lake, ops])
    expect(difference(named, withoutNames)).toEqual([])
  })

  test('their policies are those of new buckets', () => {
    const policies = ({ resources }: typeof named) =>
      ofType(resources, 'AWS::S3::BucketPolicy').map(([id, { Properties }]) => ({
        id,
        bucket: text(Properties.Bucket),
        policy: JSON.stringify(Properties.PolicyDocument, (_, value) => {
          const shown = text(value)
          return shown.startsWith('<') || shown.startsWith('arn:') ? shown : value
        }),
      }))
    const [lake, ops] = ['Lake', 'Ops'].map((beginning) => idOf(withoutNames.resources, 'AWS::S3::Bucket', beginning))
    const renamed = (shown: string) =>
      shown
        .replaceAll(`<${lake}.Arn>`, 'arn:<AWS::Partition>:s3:::old-lake')
        .replaceAll(`<${ops}.Arn>`, 'arn:<AWS::Partition>:s3:::old-ops')
        .replaceAll(`<${lake}>`, 'old-lake')
        .replaceAll(`<${ops}>`, 'old-ops')
    expect(policies(named)).toEqual(
      policies(withoutNames).map(({ id, bucket, policy }) => ({
        id,
        bucket: renamed(bucket),
        policy: renamed(policy),
      })),
    )
    expect(JSON.stringify(policies(named))).toContain('WriteOnce')
  })

  test('functions may do the same there, and learn the names', () => {
    for (const name of ['writer', 'janitor', 'github-audit', 'dead-letters', 'github-webhook-recovery']) {
      const [before, after] = [withoutNames, named].map(({ resources }) =>
        allowedTo(resources, roleOf(resources, name)),
      )
      expect(after?.length).toBe(before?.length)
    }
    const { resources, outputs } = named
    expect(allowedTo(resources, roleOf(resources, 'janitor'))).toContain(
      's3:DeleteObject on arn:<AWS::Partition>:s3:::old-lake/data/*',
    )
    expect(environmentOf(functionNamed(resources, 'writer'))).toMatchObject({
      LAKE_BUCKET: 'old-lake',
      OPS_BUCKET: 'old-ops',
    })
    expect(JSON.parse(text(environmentOf(functionNamed(resources, 'janitor')).STACK))).toMatchObject({
      buckets: { lake: 'old-lake', ops: 'old-ops' },
    })
    expect(outputs.get('LakeBucketName')).toBe('old-lake')
    expect(outputs.get('OpsBucketName')).toBe('old-ops')
  })

  test('tables, query results and the access logs of other buckets lie there', () => {
    const shown = (kind: string) => JSON.stringify(ofType(named.resources, kind))
    expect(shown('AWS::Glue::Table')).toContain('s3://old-lake/tables/github_audit/')
    expect(shown('AWS::Athena::WorkGroup')).toContain('s3://old-ops/athena-results/')
    expect(shown('AWS::S3::Bucket')).toContain('"DestinationBucketName":"old-ops","LogFilePrefix":"access-logs/"')
  })
})

test.each<[string, Partial<Config>]>([
  ['both buckets', names],
  ['the lake alone', { lakeBucketName: names.lakeBucketName }],
  ['the ops bucket alone', { opsBucketName: names.opsBucketName }],
])('synthesis with %s passes every rule, and the access logs of the lake are let in', (_, named) => {
  const app = appWithoutBundles()
  const { resources } = synthesize({ ...twoSources, ...named, sources })
  addAuditLake(app, { ...twoSources, ...named, sources })
  const assembly = app.synth()
  const report: unknown = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'))
  expect(report).toMatchObject({ pluginReports: [] })
  expect(assembly.getStackByName('AuditLake').messages).toEqual([])
  const [policy] = ofType(resources, 'AWS::S3::BucketPolicy').filter(([id]) => id.startsWith('OpsBucketPolicy'))
  expect(JSON.stringify(policy)).toContain('logging.s3.amazonaws.com')
})

describe('with ARNs of secrets', () => {
  const keys = {
    'github-one': 'GithubOneSecret',
    'github-log': 'GithubLogSecret',
    'github-consent': 'GithubConsentSecret',
    'github-consent.client': 'GithubConsentClientSecret',
    healing: 'HealingSecret',
    'healing.recovery': 'HealingRecoverySecret',
    watched: 'WatchedSecret',
    listed: 'ListedSecret',
  }
  const secretArns = Object.fromEntries(Object.entries(keys).map(([key, name]) => [key, arnOf(name)]))
  const named = synthesize({ ...twoSources, secretArns, sources })

  test('these secrets are not made, and all else is', () => {
    expect(difference(withoutNames, named)).toEqual(Object.values(keys).sort())
    expect(difference(named, withoutNames)).toEqual([])
  })

  test('outputs, variables and permissions name them, and the others as before', () => {
    const { resources, outputs } = named
    for (const name of Object.values(keys)) expect(outputs.get(`${name}Arn`)).toBe(arnOf(name))
    expect(outputs.get('GithubTwoSecretArn')).toEqual({ Ref: 'GithubTwoSecret' })
    expect([...outputs.keys()]).toEqual([...withoutNames.outputs.keys()])
    expect(allowedTo(resources, roleOf(resources, 'github-webhook'))).toEqual(
      expect.arrayContaining([
        `secretsmanager:GetSecretValue on ${arnOf('GithubOneSecret')}`,
        'secretsmanager:GetSecretValue on <GithubTwoSecret>',
      ]),
    )
    expect(JSON.parse(text(environmentOf(functionNamed(resources, 'janitor')).STACK))).toMatchObject({
      sources: {
        'github-one': { secret: 'GithubOneSecret-AbCdEf' },
        'github-two': { secret: '<1|:secret:|<GithubTwoSecret>>' },
        'github-consent': { clientSecret: 'GithubConsentClientSecret-AbCdEf' },
      },
    })
  })
})
