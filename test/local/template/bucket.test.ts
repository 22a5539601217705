import { expect, test } from 'vitest'
import type { JsonObject } from '../../../local/json.ts'
import { temporaryFolder } from '../../support/clients.ts'
import { runTemplate } from '../../support/stream-template.ts'

const bucket = (properties: JsonObject): JsonObject => ({ Rows: { Type: 'AWS::S3::Bucket', Properties: properties } })
const policyOf = (name: string, Action = 's3:*'): JsonObject => ({
  RowsPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: name,
      PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action, Resource: '*' }] },
    },
  },
})
const setUp: JsonObject = {
  LifecycleConfiguration: {
    Rules: [
      { Prefix: 'claims/', ExpirationInDays: 60, Status: 'Enabled' },
      {
        Status: 'Enabled',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 1 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ],
  },
  VersioningConfiguration: { Status: 'Enabled' },
  PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: false },
}

test('a bucket keeps its set-up when the next template only names it, and gets that one’s policy', async () => {
  const dataDir = await temporaryFolder()
  const first = await runTemplate({ ...bucket(setUp), ...policyOf('rows', 's3:GetObject') }, { dataDir })
  const made = first.gateway.objects.factsOf('rows')
  await first.stop()
  const second = await runTemplate(policyOf('rows'), { dataDir })
  const taken = second.gateway.objects.factsOf('rows')
  expect(taken).toEqual({ ...made, policy: made.policy?.replace('s3:GetObject', 's3:*') })
  expect(taken).toMatchObject({
    lifecycle: [
      { prefix: 'claims/', enabled: true, expirationDays: 60, expiresMarkers: false, noncurrentDays: null },
      {
        prefix: '',
        expirationDays: null,
        expiresMarkers: true,
        noncurrentDays: 7,
        noncurrentKept: 1,
        abortUploadDays: 1,
      },
    ],
    versioned: true,
    publicAccessBlock: ['BlockPublicAcls'],
  })
})

test.each([
  ['the policy of a bucket that is not there', policyOf('rows'), 'and there is no rows'],
  [
    'a rule that moves objects',
    bucket({ LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Transitions: [] }] } }),
    'Rows.Rules[0] (AWS::S3::Bucket): the local run does not support Transitions',
  ],
])('%s is refused', async (_, resources, message) => {
  await expect(runTemplate(resources)).rejects.toThrow(message)
})
