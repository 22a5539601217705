import { printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { parseOpenBucketArguments } from './open-bucket/arguments.ts'
import { ownedBucket } from './open-bucket/bucket.ts'
import { mergeNotifications } from './open-bucket/notifications.ts'
import { mergePolicy } from './open-bucket/policy.ts'
import { openingJson, openingText } from './open-bucket/report.ts'

const help = `Lets a stack read a bucket that it does not own. The owner of the bucket runs it, with the credentials of the AWS CLI.

  npm run open-bucket -- --bucket NAME --queue ARN --reader ARN [options]

  --bucket NAME     the bucket that the provider writes to
  --queue ARN       the stack's queue, which gets a message about each created object
  --reader ARN      the stack's role that reads the objects
  --dry-run         shows what would change and changes nothing
  --json            prints one JSON object
  --help            prints this

It adds a notification and a statement of the bucket policy, both named AuditLake, and keeps all others. A second run
changes nothing. The credentials need s3:ListBucket, s3:GetBucketNotification, s3:PutBucketNotification,
s3:GetBucketPolicy, s3:PutBucketPolicy and s3:GetEncryptionConfiguration. To undo it, remove the two.
`

await runCommand(help, async () => {
  const { bucket, bucketArn, queueArn, region, role, dryRun, json } = parseOpenBucketArguments(process.argv.slice(2))
  const owned = ownedBucket(bucket, region)
  try {
    const actual = await owned.region()
    if (actual !== region) {
      throw new Error(
        `The bucket ${bucket} is in ${actual} and the queue in ${region}, but S3 notifies queues of its own region only. Deploy the stack in ${actual}, or give the stream a bucket in ${region}.`,
      )
    }
    const [existing, policyText, encryption] = await Promise.all([
      owned.notifications(),
      owned.policy(),
      owned.encryption(),
    ])
    const notifications = mergeNotifications(existing, queueArn)
    const policy = mergePolicy(policyText, bucketArn, role)
    if (!dryRun && policy.change !== 'unchanged') await owned.putPolicy(policy.policy)
    if (!dryRun && notifications.change !== 'unchanged') await owned.putNotifications(notifications.configuration)
    const changes = { notification: notifications.change, policy: policy.change }
    const opening = { bucket, region, queueArn, role, dryRun, ...changes, encryption }
    for (const line of json ? [openingJson(opening)] : openingText(opening)) printLine(line)
  } finally {
    owned.close()
  }
  return 0
})
