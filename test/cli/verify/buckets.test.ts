import { describe, expect, test } from 'vitest'
import { lifecycleDifferences, plannedRules } from '../../../cli/verify/bucket-lifecycle.ts'
import { comparePolicy } from '../../../cli/verify/bucket-policy.ts'
import { verifyBuckets } from '../../../cli/verify/buckets.ts'
import { bucketsJson, bucketsText } from '../../../cli/verify/buckets-text.ts'
import { plannedBuckets } from '../../../cli/verify/planned-buckets.ts'
import { ServiceError } from '../../../local/aws/store.ts'
import { denyPlainHttp, denyReplacing, opsPlan } from '../../../settings/bucket-plan.ts'
import type { StackFacts } from '../../../settings/stack-facts.ts'
import { startStack } from '../../support/clients.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const account = '000000000000'
const facts: StackFacts = {
  region: 'us-east-1',
  buckets: { lake: 'lake', ops: 'ops' },
  queues: { records: '', recordsBulk: '', deadLetters: '' },
  database: '',
  workgroup: '',
  webhooks: { url: '', secrets: `arn:aws:secretsmanager:us-east-1:${account}:secret:` },
  sources: {
    hooks: { type: 'github-webhook', label: '' },
    one: { type: 'github-audit-stream-s3', label: '' },
    two: { type: 'github-audit-stream-gcs', label: '' },
  },
}
const wholeBlock = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']

/** Both buckets as a stack sets them up, in a gateway. */
async function bucketsOfStack(days = 90) {
  const { gateway, s3 } = await startStack()
  const { store: ops, objects } = memoryStore()
  objects.set('retention.json', Buffer.from(JSON.stringify({ days, since: 0 })))
  for (const { name, plan, statements } of plannedBuckets(facts, days)) {
    const none = {
      enabled: true,
      expirationDays: null,
      expiresMarkers: false,
      noncurrentDays: null,
      noncurrentKept: null,
      abortUploadDays: null,
    }
    const expirations = (plan?.expirations ?? []).map((one) => ({
      ...none,
      prefix: one.prefix,
      expirationDays: one.days,
      noncurrentDays: one.versions?.days ?? null,
      noncurrentKept: one.versions?.newest ?? null,
    }))
    gateway.objects.ensureBucket(name, {
      lifecycle: [{ ...none, prefix: '', expiresMarkers: true, noncurrentDays: 7, abortUploadDays: 1 }, ...expirations],
      policy: JSON.stringify({ Statement: statements.map(({ statement }) => statement) }),
      versioned: true,
      publicAccessBlock: wholeBlock,
    })
  }
  const found = async () => (await verifyBuckets({ facts, ops, s3 })).filter(({ ok }) => !ok)
  return { gateway, s3, ops, objects, found }
}

test('buckets as a stack makes them do not differ from the plan', async () => {
  const { found } = await bucketsOfStack()
  expect(await found()).toEqual([])
})

test('the marks of streams go after 15 days, whichever store they are in', async () => {
  const [, ops] = plannedBuckets(facts, 90)
  expect(ops?.plan?.expirations).toEqual([
    ...opsPlan.expirations,
    { prefix: 'state/one/read/', days: 15 },
    { prefix: 'state/two/read/', days: 15 },
  ])
})

describe('what differs is named with the command that puts it right:', () => {
  test('a bucket of which nothing is set up', async () => {
    const { gateway, found } = await bucketsOfStack()
    gateway.objects.ensureBucket('lake', { lifecycle: [], policy: null, versioned: false, publicAccessBlock: [] })
    const rules = JSON.stringify({
      Rules: plannedRules({
        writeOnce: [],
        expirations: [
          { prefix: 'data/', days: 490 },
          { prefix: 'tables/', days: 490, versions: { days: 1, newest: 1 } },
        ],
      }),
    })
    expect(await found()).toEqual([
      {
        bucket: 'lake',
        name: 'lake',
        aspect: 'lifecycle rules',
        ok: false,
        differences: [
          'a rule is missing: delete markers without versions in the whole bucket are deleted',
          'a rule is missing: replaced and deleted objects in the whole bucket are kept for 7 days',
          'a rule is missing: unfinished uploads in the whole bucket are deleted after 1 day',
          'a rule is missing: objects below data/ are deleted after 490 days',
          'a rule is missing: objects below tables/ are deleted after 490 days',
          'a rule is missing: replaced and deleted objects below tables/ are kept for 1 day, the newest 1 of each for longer',
        ],
        command: `aws s3api put-bucket-lifecycle-configuration --bucket lake --lifecycle-configuration '${rules}'`,
      },
      {
        bucket: 'lake',
        name: 'lake',
        aspect: 'policy',
        ok: false,
        differences: [
          'no statement refuses requests without TLS',
          'no statement refuses to replace objects below data/ (WriteOnce)',
        ],
        command: expect.stringMatching(
          /^aws s3api put-bucket-policy --bucket lake --policy '\{"Version":"2012-10-17","Statement":\[.*"WriteOnce".*\]\}'$/,
        ),
      },
      {
        bucket: 'lake',
        name: 'lake',
        aspect: 'versioning',
        ok: false,
        differences: ['it is off, so replaced and deleted objects cannot be restored'],
        command: "aws s3api put-bucket-versioning --bucket lake --versioning-configuration 'Status=Enabled'",
      },
      {
        bucket: 'lake',
        name: 'lake',
        aspect: 'public access block',
        ok: false,
        differences: wholeBlock.map((name) => `${name} is off`),
        command:
          "aws s3api put-public-access-block --bucket lake --public-access-block-configuration 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true'",
      },
    ])
  })

  test('another retention than that of the rows', async () => {
    const { objects, found } = await bucketsOfStack()
    objects.set('retention.json', Buffer.from('{"days":365,"since":0}'))
    expect((await found()).map(({ differences }) => differences)).toEqual([
      [
        'a rule is missing: objects below data/ are deleted after 765 days',
        'a rule is missing: objects below tables/ are deleted after 765 days',
        'a rule is not of the stack: objects below data/ are deleted after 490 days',
        'a rule is not of the stack: objects below tables/ are deleted after 490 days',
      ],
    ])
  })

  test('a retention that is not known', async () => {
    const { objects, found } = await bucketsOfStack()
    objects.clear()
    expect(await found()).toMatchObject([{ bucket: 'lake', aspect: 'lifecycle rules', ok: false }])
  })

  test('credentials that may not look', async () => {
    const refuse = () => Promise.reject(new ServiceError(403, 'AccessDenied', 'no'))
    const { s3 } = await startStack({ interceptors: [refuse] })
    const found = await verifyBuckets({ facts, ops: memoryStore().store, s3 })
    expect(found.map(({ ok }) => ok)).toEqual(Array.from({ length: 8 }, () => false))
    expect(found[1]?.differences).toEqual(['it cannot be read, which needs s3:GetBucketPolicy: no (AccessDenied)'])
  })
})

describe('lifecycle rules', () => {
  const planned = plannedRules(opsPlan)

  test('may be divided otherwise, in any order, with the prefix in either place, under any name', () => {
    const [housekeeping, ...others] = planned
    const { Filter: _, ...whole } = housekeeping ?? { Status: 'Enabled' }
    const { AbortIncompleteMultipartUpload, ...rest } = whole
    const divided = [
      ...others.map((rule, index) => ({ ...rule, ID: `x${index}`, Prefix: rule.Filter?.Prefix, Filter: undefined })),
      { ...rest, Prefix: '' },
      { Status: 'Enabled' as const, AbortIncompleteMultipartUpload },
      { Status: 'Disabled' as const, Expiration: { Days: 1 } },
    ]
    expect(lifecycleDifferences(divided.reverse(), planned)).toEqual([])
  })

  test.each([
    [
      'deletes state',
      { Status: 'Enabled' as const, Filter: { Prefix: 'state/' }, Expiration: { Days: 3 } },
      'objects below state/ are deleted after 3 days',
    ],
    [
      'deletes everything',
      { Status: 'Enabled' as const, Expiration: { Days: 1 } },
      'objects in the whole bucket are deleted after 1 day',
    ],
    [
      'moves objects',
      { ID: 'cold', Status: 'Enabled' as const, Transitions: [{ Days: 1, StorageClass: 'GLACIER' as const }] },
      'rule {"ID":"cold"',
    ],
    [
      'chooses by tag',
      { Status: 'Enabled' as const, Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { Days: 60 } },
      'rule {"Status"',
    ],
  ])('one that %s is named', (_, rule, effect) => {
    expect(lifecycleDifferences([...planned, rule], planned)).toEqual([
      expect.stringContaining(`a rule is not of the stack: ${effect}`),
    ])
  })
})

describe('policies', () => {
  const arn = 'arn:aws:s3:::lake'
  const planned = [{ does: 'refuses to replace', statement: denyReplacing(arn, ['a/', 'b/']) }]
  const compare = (...statements: object[]) =>
    comparePolicy(JSON.stringify({ Statement: statements }), planned, (one) => 'Kept' in one)

  test('say the same in another order, under other names, for everybody in either way', () => {
    const { Sid: _, ...statement } = denyReplacing(arn, ['b/', 'a/'])
    expect(compare({ ...statement, Principal: '*', Sid: 'mine' }).differences).toEqual([])
    expect(comparePolicy(JSON.stringify({ Statement: statement }), planned, () => false).differences).toEqual([])
  })

  test.each([
    ['fewer prefixes', denyReplacing(arn, ['a/'])],
    ['another bucket', denyReplacing('arn:aws:s3:::other', ['a/', 'b/'])],
    ['another effect', { ...denyReplacing(arn, ['a/', 'b/']), Effect: 'Allow' }],
    ['another condition', { ...denyReplacing(arn, ['a/', 'b/']), Condition: {} }],
    ['an exception', { ...denyReplacing(arn, ['a/', 'b/']), Principal: { AWS: 'arn:aws:iam::1:root' } }],
  ])('with %s are not the same', (_, statement) => {
    expect(compare(statement).differences).toEqual([
      'no statement refuses to replace',
      `a statement is not of the stack: ${JSON.stringify(statement)}`,
    ])
  })

  test('keep what may stay, and lose what may not', () => {
    const { differences, policy } = compare(denyPlainHttp(arn), { Kept: true })
    expect(differences).toHaveLength(2)
    expect(JSON.parse(policy).Statement).toEqual([denyReplacing(arn, ['a/', 'b/']), { Kept: true }])
  })

  test.each([undefined, '', 'no JSON', '[]', '{"Statement":3}'])('that are none lack everything: %j', (text) => {
    expect(comparePolicy(text, planned, () => false).differences).toEqual(['no statement refuses to replace'])
  })

  test('of the ops bucket may let in the access logs of further buckets, and of nothing else', () => {
    const [, ops] = plannedBuckets(facts, 90)
    const logs = ops?.statements.at(-1)?.statement
    const ofAccount = { StringEquals: { 'aws:SourceAccount': logs?.Condition?.StringEquals?.['aws:SourceAccount'] } }
    const ofBucket = { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::stream' } }
    expect(ops?.isKept({ ...logs, Condition: { ...ofAccount, ...ofBucket } })).toBe(true)
    expect(ops?.isKept({ ...logs, Condition: ofBucket })).toBe(false)
    expect(ops?.isKept({ ...logs, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } })).toBe(false)
    expect(ops?.isKept({ ...logs, Condition: undefined })).toBe(false)
    expect(ops?.isKept({ ...logs, Resource: 'arn:aws:s3:::ops/*' })).toBe(false)
    expect(ops?.isKept({ ...logs, Principal: { AWS: '*' } })).toBe(false)
  })
})

describe('the output', () => {
  const one = { bucket: 'ops', name: 'my-ops', aspect: 'policy', ok: true, differences: [] } as const
  const broken = { ...one, ok: false, differences: ['no\u001b[2J one\nlies'], command: "aws 'x'" }

  test('names the bucket, each difference and the command, and lets nobody write to the terminal', () => {
    expect([...bucketsText([one, { ...one, bucket: 'lake', name: 'my-lake' }])]).toEqual([
      'ops bucket my-ops: works',
      'lake bucket my-lake: works',
    ])
    expect([...bucketsText([one, broken])]).toEqual([
      'ops bucket my-ops: DOES NOT WORK: it is not as the stack sets it up',
      '  policy: no [2J one lies',
      "  aws 'x'",
    ])
  })

  test('has an object for each part as JSON', () => {
    expect([...bucketsJson([one, broken])].map((line) => JSON.parse(line))).toEqual([{ ...one, command: null }, broken])
  })
})
