import type { Message } from '@aws-sdk/client-sqs'
import { isObject } from '../../json.ts'
import type { Outcome } from './invocation.ts'

/** A message as a function gets it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsRecord {
  readonly messageId: string
  readonly receiptHandle: string
  readonly body: string
  readonly [member: string]: unknown
}

export function sqsRecord(message: Message, queueArn: string, awsRegion: string): SqsRecord {
  const messageAttributes = Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    {
      stringValue: value.StringValue,
      binaryValue: value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64'),
      stringListValues: [],
      binaryListValues: [],
      dataType: value.DataType,
    },
  ])
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  }
}

/**
 * The records of a batch that are done with. Whatever Lambda does not understand in an answer fails the whole batch,
 * so that a message is rather delivered twice than lost.
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
