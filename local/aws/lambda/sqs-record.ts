import type { SQSRecord } from 'aws-lambda'
import { isObject, type JsonObject } from '../../json.ts'
import type { Outcome } from './invocation.ts'

/** SQS tells these of every message. */
const noAttributes = {
  ApproximateReceiveCount: '',
  SentTimestamp: '',
  SenderId: '',
  ApproximateFirstReceiveTimestamp: '',
}

/**
 * A message as a function receives it. Message attributes stay empty, because the pipeline sends none.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsRecord(message: JsonObject, queueArn: string, awsRegion: string): SQSRecord {
  const { MessageId, ReceiptHandle, Body, Attributes = {}, MD5OfBody } = message
  const attributes = Object.entries(Attributes ?? {}).map(([name, value]) => [name, String(value)])
  return {
    messageId: String(MessageId),
    receiptHandle: String(ReceiptHandle),
    body: String(Body),
    attributes: { ...noAttributes, ...Object.fromEntries(attributes) },
    messageAttributes: {},
    md5OfBody: String(MD5OfBody),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  }
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
