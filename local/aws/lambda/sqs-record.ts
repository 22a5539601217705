import { isObject, type JsonObject } from '../../json.ts'
import type { Outcome } from './invocation.ts'

/** A message as a function receives it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsRecord {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly [member: string]: unknown
}

/** Message attributes stay empty, because the pipeline sends none. */
export function sqsRecord(message: JsonObject, queueArn: string, awsRegion: string): SqsRecord {
  const { MessageId, ReceiptHandle, Body, Attributes = {}, MD5OfBody } = message
  return {
    messageId: String(MessageId),
    receiptHandle: String(ReceiptHandle),
    body: String(Body),
    attributes: Attributes,
    messageAttributes: {},
    md5OfBody: MD5OfBody,
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
  records: readonly SqsRecord[],
  outcome: Outcome,
  partialFailures: boolean,
): readonly SqsRecord[] {
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
