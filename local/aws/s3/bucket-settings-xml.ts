import type { LifecycleRule } from './bucket-facts.ts'
import type { Element } from './xml.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
export function lifecycleElements(rules: readonly LifecycleRule[]): Element[] {
  return rules.map((rule, index) => {
    const { prefix, enabled, expirationDays, expiresMarkers, abortUploadDays } = rule
    const expiration: Element[] = [
      ...(expirationDays === null ? [] : [['Days', expirationDays] as const]),
      ...(expiresMarkers ? [['ExpiredObjectDeleteMarker', true] as const] : []),
    ]
    return [
      'Rule',
      [
        ['ID', `rule-${index}`],
        ['Filter', [['Prefix', prefix]]],
        ['Status', enabled ? 'Enabled' : 'Disabled'],
        ...(expiration.length > 0 ? [['Expiration', expiration] as const] : []),
        ...within('NoncurrentVersionExpiration', {
          NoncurrentDays: rule.noncurrentDays,
          NewerNoncurrentVersions: rule.noncurrentKept,
        }),
        ...within('AbortIncompleteMultipartUpload', { DaysAfterInitiation: abortUploadDays }),
      ],
    ]
  })
}

/** An element with the members that are set; none without them. */
function within(outer: string, members: Readonly<Record<string, number | null>>): Element[] {
  const set = Object.entries(members).flatMap(([name, value]): Element[] => (value === null ? [] : [[name, value]]))
  return set.length === 0 ? [] : [[outer, set]]
}

const publicAccess = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export const publicAccessElements = (blocked: readonly string[]): Element[] =>
  publicAccess.map((name) => [name, blocked.includes(name)])
