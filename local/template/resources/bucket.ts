import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import type { Site } from './site.ts'

export function bucketValues(declared: Declared): ResourceValues {
  const name = declared.physicalName('BucketName')
  return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` } }
}

export function bucket(declared: Declared, site: Site): ResourceValues {
  declared.refuse('NotificationConfiguration', 'it does not send object events yet')
  const values = bucketValues(declared)
  site.gateway.objects.ensureBucket(values.ref)
  return values
}
