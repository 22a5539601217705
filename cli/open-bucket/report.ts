import type { Encryption } from './bucket.ts'
import type { MergedNotifications } from './notifications.ts'
import { keyStatement, type MergedPolicy } from './policy.ts'

/** What the command found and did. */
export interface Opening {
  readonly bucket: string
  readonly region: string
  readonly queueArn: string
  readonly role: string
  readonly dryRun: boolean
  readonly notification: MergedNotifications['change']
  readonly policy: MergedPolicy['change']
  readonly encryption: Encryption
}

export function openingJson({ encryption, ...facts }: Opening): string {
  const needsPermission = encryption.kind === 'kms' && !isAwsManaged(encryption.key)
  return JSON.stringify({
    ...facts,
    encryption: encryption.kind,
    ...(needsPermission && { kmsKey: encryption.key, kmsStatement: keyStatement(facts.role) }),
  })
}

export function openingText(opening: Opening): string[] {
  const { bucket, region, queueArn, role, dryRun, notification, policy } = opening
  const verb = (change: 'added' | 'replaced' | 'unchanged') =>
    change === 'unchanged' ? 'in place already' : dryRun ? `would be ${change}` : change
  return [
    `Bucket ${bucket} in ${region}`,
    `  notification "AuditLake" of created objects to ${queueArn}: ${verb(notification)}`,
    `  statement "AuditLake" for ${role} (s3:GetObject, s3:ListBucket): ${verb(policy)}`,
    '  all other notifications and statements stay as they are',
    ...encryptionText(opening),
    ...(dryRun ? ['Nothing was changed, because of --dry-run.'] : []),
  ]
}

function encryptionText({ encryption, role }: Opening): string[] {
  if (encryption.kind === 'own-keys-of-s3') return []
  if (encryption.kind === 'unknown') {
    return [
      `  its default encryption cannot be read (${encryption.reason}): if it is a KMS key, the key's policy has to`,
      `  let ${role} use kms:Decrypt`,
    ]
  }
  if (isAwsManaged(encryption.key)) {
    return [
      '  Its default encryption is the key that AWS manages for S3, which no other account can use. Readers in the',
      "  bucket's own account need nothing more; for any other, change it to a KMS key of your own or to SSE-S3.",
    ]
  }
  return [
    `  Its default encryption is the KMS key ${encryption.key}. Add this statement to the policy of that key:`,
    ...JSON.stringify(keyStatement(role), undefined, 2)
      .split('\n')
      .map((line) => `    ${line}`),
    '  Name the key as bucketKeyArn in the settings of the source as well, so that the role may use it. S3 needs no',
    '  permission for the key, because the queue is encrypted with keys of SQS.',
  ]
}

function isAwsManaged(key: string | undefined): boolean {
  return key === undefined || key.endsWith('alias/aws/s3')
}
