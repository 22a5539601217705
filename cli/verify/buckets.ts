import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { retentionNoted } from '../../lambdas/core/lake/counting-retention.ts'
import { quotedInShell } from '../in-shell.ts'
import { type Installation, reasonOf } from '../installation.ts'
import { lifecycleDifferences, plannedRules } from './bucket-lifecycle.ts'
import { comparePolicy } from './bucket-policy.ts'
import { type PlannedBucket, plannedBuckets } from './planned-buckets.ts'

/** What was found out about one aspect of a bucket of the stack. */
export interface BucketFinding {
  readonly bucket: PlannedBucket['bucket']
  readonly name: string
  readonly aspect: 'lifecycle rules' | 'policy' | 'versioning' | 'public access block'
  readonly ok: boolean
  /** How it differs from what the stack sets up; empty when it does not. They can quote the bucket. */
  readonly differences: readonly string[]
  /** What puts it right, for a shell; absent when it is unknown. */
  readonly command?: string
}

/** The parts of an installation that this uses. */
export type WithBuckets = Pick<Installation, 'facts' | 'ops' | 's3'>

/** Compares both buckets of the stack with what the stack sets up. Nothing is changed. */
export async function verifyBuckets({ facts, ops, s3 }: WithBuckets): Promise<BucketFinding[]> {
  const retentionDays = await retentionNoted(ops)
  const found = await inParallel(plannedBuckets(facts, retentionDays), (one) =>
    Promise.all([lifecycle(s3, one), policy(s3, one), versioning(s3, one), publicAccess(s3, one)]),
  )
  return found.flat()
}

async function lifecycle(s3: S3Client, { plan, ...one }: PlannedBucket): Promise<BucketFinding> {
  const aspect = 'lifecycle rules'
  if (plan === undefined) {
    return found(one, aspect, ['the janitor has not noted the retention yet: try again in a minute'])
  }
  const rules = plannedRules(plan)
  const command = put(
    one,
    'bucket-lifecycle-configuration',
    'lifecycle-configuration',
    JSON.stringify({ Rules: rules }),
  )
  try {
    const answer = await s3
      .send(new GetBucketLifecycleConfigurationCommand({ Bucket: one.name }))
      .catch(absent('NoSuchLifecycleConfiguration'))
    return found(one, aspect, lifecycleDifferences(answer?.Rules ?? [], rules), command)
  } catch (error) {
    return unreadable(one, aspect, 's3:GetLifecycleConfiguration', error)
  }
}

async function policy(s3: S3Client, one: PlannedBucket): Promise<BucketFinding> {
  try {
    const answer = await s3.send(new GetBucketPolicyCommand({ Bucket: one.name })).catch(absent('NoSuchBucketPolicy'))
    const { differences, policy: whole } = comparePolicy(answer?.Policy, one.statements, one.isKept)
    return found(one, 'policy', differences, put(one, 'bucket-policy', 'policy', whole))
  } catch (error) {
    return unreadable(one, 'policy', 's3:GetBucketPolicy', error)
  }
}

async function versioning(s3: S3Client, one: PlannedBucket): Promise<BucketFinding> {
  try {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: one.name }))
    const differences = Status === 'Enabled' ? [] : ['it is off, so replaced and deleted objects cannot be restored']
    return found(
      one,
      'versioning',
      differences,
      put(one, 'bucket-versioning', 'versioning-configuration', 'Status=Enabled'),
    )
  } catch (error) {
    return unreadable(one, 'versioning', 's3:GetBucketVersioning', error)
  }
}

const blocked = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const

async function publicAccess(s3: S3Client, one: PlannedBucket): Promise<BucketFinding> {
  const aspect = 'public access block'
  try {
    const answer = await s3
      .send(new GetPublicAccessBlockCommand({ Bucket: one.name }))
      .catch(absent('NoSuchPublicAccessBlockConfiguration'))
    const off = blocked.filter((name) => answer?.PublicAccessBlockConfiguration?.[name] !== true)
    const all = blocked.map((name) => `${name}=true`).join(',')
    const command = put(one, 'public-access-block', 'public-access-block-configuration', all)
    return found(
      one,
      aspect,
      off.map((name) => `${name} is off`),
      command,
    )
  } catch (error) {
    return unreadable(one, aspect, 's3:GetBucketPublicAccessBlock', error)
  }
}

/** For what a bucket need not have. */
const absent =
  (code: string) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error) || error.name !== code) throw error
  }

function found(
  { bucket, name }: Pick<PlannedBucket, 'bucket' | 'name'>,
  aspect: BucketFinding['aspect'],
  differences: readonly string[],
  command?: string,
): BucketFinding {
  const ok = differences.length === 0
  return { bucket, name, aspect, ok, differences, ...(!ok && command !== undefined && { command }) }
}

function unreadable(
  one: Pick<PlannedBucket, 'bucket' | 'name'>,
  aspect: BucketFinding['aspect'],
  action: string,
  error: unknown,
): BucketFinding {
  return found(one, aspect, [`it cannot be read, which needs ${action}: ${reasonOf(error)}`])
}

/** A command of the AWS CLI that replaces an aspect of a bucket. */
function put({ name }: Pick<PlannedBucket, 'name'>, aspect: string, option: string, value: string): string {
  return `aws s3api put-${aspect} --bucket ${name} --${option} ${quotedInShell(value)}`
}
