import type { LifecycleRule } from '@aws-sdk/client-s3'
import { z } from 'zod'
import { type BucketPlan, housekeepingDays } from '../../settings/bucket-plan.ts'

/** The lifecycle rules that a plan means, as S3's API takes them. */
export function plannedRules({ expirations }: BucketPlan): LifecycleRule[] {
  return [
    {
      Filter: { Prefix: '' },
      Status: 'Enabled',
      Expiration: { ExpiredObjectDeleteMarker: true },
      NoncurrentVersionExpiration: { NoncurrentDays: housekeepingDays.undelete },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: housekeepingDays.abortUploads },
    },
    ...expirations.map(
      ({ prefix, days, versions }): LifecycleRule => ({
        Filter: { Prefix: prefix },
        Status: 'Enabled',
        Expiration: { Days: days },
        ...(versions && {
          NoncurrentVersionExpiration: { NoncurrentDays: versions.days, NewerNoncurrentVersions: versions.newest },
        }),
      }),
    ),
  ]
}

/** How rules differ from the planned ones in their effects, whatever their names and however they are divided. */
export function lifecycleDifferences(actual: readonly LifecycleRule[], planned: readonly LifecycleRule[]): string[] {
  const [there, meant] = [actual, planned].map((rules) => new Set(rules.flatMap(effectsOf)))
  if (there === undefined || meant === undefined) return []
  return [
    ...[...meant].filter((effect) => !there.has(effect)).map((effect) => `a rule is missing: ${effect}`),
    ...[...there].filter((effect) => !meant.has(effect)).map((effect) => `a rule is not of the stack: ${effect}`),
  ]
}

/** The rules that a stack can make. S3 answers the prefix in either place. */
const ruleForm = z.strictObject({
  ID: z.string().optional(),
  Prefix: z.string().optional(),
  Filter: z.strictObject({ Prefix: z.string().optional() }).optional(),
  Status: z.string(),
  Expiration: z
    .strictObject({ Days: z.number().optional(), ExpiredObjectDeleteMarker: z.boolean().optional() })
    .optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: z.number(), NewerNoncurrentVersions: z.number().optional() })
    .optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: z.number() }).optional(),
})

function effectsOf(rule: LifecycleRule): string[] {
  if (rule.Status !== 'Enabled') return []
  const { data } = ruleForm.safeParse(rule)
  if (!data) return [`rule ${JSON.stringify(rule)}`]
  const { Prefix, Filter, Expiration, NoncurrentVersionExpiration: old, AbortIncompleteMultipartUpload: uploads } = data
  const prefix = Filter?.Prefix ?? Prefix ?? ''
  const where = prefix === '' ? 'in the whole bucket' : `below ${prefix}`
  return [
    Expiration?.Days !== undefined && `objects ${where} are deleted after ${count(Expiration.Days)}`,
    Expiration?.ExpiredObjectDeleteMarker === true && `delete markers without versions ${where} are deleted`,
    old && `replaced and deleted objects ${where} are kept for ${count(old.NoncurrentDays)}${newest(old)}`,
    uploads && `unfinished uploads ${where} are deleted after ${count(uploads.DaysAfterInitiation)}`,
  ].filter((effect) => typeof effect === 'string')
}

function newest({ NewerNoncurrentVersions: kept }: { readonly NewerNoncurrentVersions?: number | undefined }): string {
  return kept === undefined ? '' : `, the newest ${kept} of each for longer`
}

const count = (days: number): string => (days === 1 ? '1 day' : `${days} days`)
