import { parseArgs } from 'node:util'

/**
 * @returns what the owner of a bucket asks for, with the region of the queue and the ARN of the role that reads the
 *   bucket
 * @throws when an argument is missing or has another form
 */
export function parseOpenBucketArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      bucket: { type: 'string' },
      queue: { type: 'string' },
      reader: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { bucket = '', queue = '', reader = '', 'dry-run': dryRun, json } = values
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new Error(`--bucket should be the name of the bucket that the provider writes to, and is "${bucket}".`)
  }
  const [, partition, region] = /^arn:(aws[a-z-]*):sqs:([a-z0-9-]+):\d{12}:[\w-]{1,80}$/.exec(queue) ?? []
  if (partition === undefined || region === undefined) {
    throw new Error(`--queue should be the ARN of the queue, from an output of the stack, and is "${queue}".`)
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(reader)) {
    throw new Error(`--reader should be the ARN of the reader's role, from an output of the stack, and is "${reader}".`)
  }
  const bucketArn = `arn:${partition}:s3:::${bucket}`
  return { bucket, bucketArn, queueArn: queue, region, role: reader, dryRun, json }
}
