import type { BucketFacts, LifecycleRule } from '../../aws/s3/bucket-facts.ts'
import { isObject } from '../../json.ts'
import { Declared } from './declared.ts'

/** How the template sets up a bucket. Nothing here acts on it, but commands read it. */
export function bucketSettings(declared: Declared): Pick<BucketFacts, 'lifecycle' | 'versioned' | 'publicAccessBlock'> {
  const { id, type } = declared
  const rules = declared.object('LifecycleConfiguration').list('Rules').filter(isObject)
  const block = declared.object('PublicAccessBlockConfiguration').properties
  return {
    lifecycle: rules.map((rule, index) => lifecycleRule(new Declared(`${id}.Rules[${index}]`, type, rule))),
    versioned: declared.object('VersioningConfiguration').optionalText('Status') === 'Enabled',
    publicAccessBlock: Object.keys(block).filter((name) => block[name] === true),
  }
}

const ofRule = [
  'Prefix',
  'Status',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
  'AbortIncompleteMultipartUpload',
]

function lifecycleRule(rule: Declared): LifecycleRule {
  refuseOthers(rule, ofRule)
  const versions = rule.object('NoncurrentVersionExpiration')
  refuseOthers(versions, ['NoncurrentDays', 'NewerNoncurrentVersions'])
  const number = (declared: Declared, property: string) =>
    declared.properties[property] === undefined ? null : declared.number(property, 0)
  return {
    prefix: rule.optionalText('Prefix') ?? '',
    enabled: rule.text('Status') === 'Enabled',
    expirationDays: number(rule, 'ExpirationInDays'),
    expiresMarkers: rule.properties.ExpiredObjectDeleteMarker === true,
    noncurrentDays: number(versions, 'NoncurrentDays'),
    noncurrentKept: number(versions, 'NewerNoncurrentVersions'),
    abortUploadDays: number(rule.object('AbortIncompleteMultipartUpload'), 'DaysAfterInitiation'),
  }
}

function refuseOthers(declared: Declared, known: readonly string[]): void {
  for (const name of Object.keys(declared.properties)) {
    if (!known.includes(name)) declared.refuse(name, 'rules delete by age and prefix only')
  }
}
