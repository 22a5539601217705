import type { SQSRecord } from 'aws-lambda'
import { isObject, type JsonObject } from '../../json.ts'
import type { Outcome } from './invocation.ts'

/**
 * A message as a function receives it. Message attributes stay empty, because the pipeline sends none.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsRecord(message: JsonObject, queueArn: string, awsRegion: string): SQSRecord {
  const attributes = isObject(message.Attributes) ? message.Attributes : {}
  const all = Object.keys(attributes).map((name) => [name, textIn(attributes, name)])
  return {
    messageId: textIn(message, 'MessageId'),
    receiptHandle: textIn(message, 'ReceiptHandle'),
    body: textIn(message, 'Body'),
    attributes: {
      ...Object.fromEntries(all),
      ApproximateReceiveCount: textIn(attributes, 'ApproximateReceiveCount'),
      SentTimestamp: textIn(attributes, 'SentTimestamp'),
      SenderId: textIn(attributes, 'SenderId'),
      ApproximateFirstReceiveTimestamp: textIn(attributes, 'ApproximateFirstReceiveTimestamp'),
    },
    messageAttributes: {},
    md5OfBody: textIn(message, 'MD5OfBody'),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  }
}

function textIn(members: JsonObject, name: string): string {
  const value = members[name]
  if (typeof value !== 'string') throw new Error(`SQS sends ${name} with every message; this one lacks it`)
  return value
}

/**
 * The records that the function processed. As in Lambda, an invalid answer fails the whole batch, so that a message is
 * delivered twice rather than lost.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function succeededRecords(
  records: readonly SQSRecord[],
  outcome: Outcome,
  partialFailures: boolean,
): readonly SQSRecord[] {
  if (!outcome.ok) return []
  if (!partialFailures) return records
  const answer: unknown = JSON.parse(outcome.payload)
  const failures = isObject(answer) ? answer.batchItemFailures : answer
  if (failures === null || failures === undefined || failures === '') return records
  if (!Array.isArray(failures)) return []
  const failed = new Set(failures.map((failure) => (isObject(failure) ? failure.itemIdentifier : undefined)))
  const known = new Set<unknown>(records.map((record) => record.messageId))
  if (![...failed].every((id) => known.has(id))) return []
  return records.filter((record) => !failed.has(record.messageId))
}
