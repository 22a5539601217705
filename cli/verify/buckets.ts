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
    Promise.all(aspects.map((aspect) => finding(s3, one, aspect))),
  )
  return found.flat()
}

/** How an aspect of a bucket is looked at. */
interface Aspect extends Pick<BucketFinding, 'aspect'> {
  /** What the caller needs for it. */
  readonly action: string
  look(s3: S3Client, one: PlannedBucket): Promise<Pick<BucketFinding, 'differences' | 'command'>>
}

const blocked = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const

const aspects: readonly Aspect[] = [
  {
    aspect: 'lifecycle rules',
    action: 's3:GetLifecycleConfiguration',
    async look(s3, { plan, name: Bucket }) {
      if (plan === undefined) {
        return { differences: ['the janitor has not noted the retention yet: try again in a minute'] }
      }
      const rules = plannedRules(plan)
      const answer = await s3
        .send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
        .catch(absent('NoSuchLifecycleConfiguration'))
      const whole = JSON.stringify({ Rules: rules })
      return {
        differences: lifecycleDifferences(answer?.Rules ?? [], rules),
        command: put(Bucket, 'bucket-lifecycle-configuration', 'lifecycle-configuration', whole),
      }
    },
  },
  {
    aspect: 'policy',
    action: 's3:GetBucketPolicy',
    async look(s3, { statements, isKept, name: Bucket }) {
      const answer = await s3.send(new GetBucketPolicyCommand({ Bucket })).catch(absent('NoSuchBucketPolicy'))
      const { differences, policy } = comparePolicy(answer?.Policy, statements, isKept)
      return { differences, command: put(Bucket, 'bucket-policy', 'policy', policy) }
    },
  },
  {
    aspect: 'versioning',
    action: 's3:GetBucketVersioning',
    async look(s3, { name: Bucket }) {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }))
      return {
        differences: Status === 'Enabled' ? [] : ['it is off, so replaced and deleted objects cannot be restored'],
        command: put(Bucket, 'bucket-versioning', 'versioning-configuration', 'Status=Enabled'),
      }
    },
  },
  {
    aspect: 'public access block',
    action: 's3:GetBucketPublicAccessBlock',
    async look(s3, { name: Bucket }) {
      const answer = await s3
        .send(new GetPublicAccessBlockCommand({ Bucket }))
        .catch(absent('NoSuchPublicAccessBlockConfiguration'))
      const off = blocked.filter((name) => answer?.PublicAccessBlockConfiguration?.[name] !== true)
      const all = blocked.map((name) => `${name}=true`).join(',')
      return {
        differences: off.map((name) => `${name} is off`),
        command: put(Bucket, 'public-access-block', 'public-access-block-configuration', all),
      }
    },
  },
]

/** For what a bucket need not have. */
const absent =
  (code: string) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error) || error.name !== code) throw error
  }

async function finding(s3: S3Client, one: PlannedBucket, { aspect, action, look }: Aspect): Promise<BucketFinding> {
  const { differences, command } = await look(s3, one).catch((error: unknown) => ({
    differences: [`it cannot be read, which needs ${action}: ${reasonOf(error)}`],
    command: undefined,
  }))
  const ok = differences.length === 0
  const { bucket, name } = one
  return { bucket, name, aspect, ok, differences, ...(!ok && command !== undefined && { command }) }
}

/** A command of the AWS CLI that replaces an aspect of a bucket. */
function put(bucket: string, aspect: string, option: string, value: string): string {
  return `aws s3api put-${aspect} --bucket ${bucket} --${option} ${quotedInShell(value)}`
}
