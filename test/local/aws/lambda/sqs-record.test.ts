import { expect, test } from 'vitest'
import { sqsRecord, succeededRecords } from '../../../../local/aws/lambda/sqs-record.ts'

const attributes = {
  ApproximateReceiveCount: '1',
  SentTimestamp: '1545082649183',
  SenderId: 'AIDAIENQZJOLO23YVJ4VO',
  ApproximateFirstReceiveTimestamp: '1545082649185',
}
const message = {
  MessageId: '059f36b4',
  ReceiptHandle: 'AQEBwJnK',
  Body: 'Test message.',
  Attributes: attributes,
  MD5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
}

test('a record has the form that Lambda documents', () => {
  const record = sqsRecord(message, 'arn:aws:sqs:us-east-1:000000000000:records', 'us-east-1')
  expect(JSON.parse(JSON.stringify(record))).toEqual({
    messageId: '059f36b4',
    receiptHandle: 'AQEBwJnK',
    body: 'Test message.',
    attributes,
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:records',
    awsRegion: 'us-east-1',
  })
})

test.each(['MessageId', 'Attributes'])('a message without %s is refused', (name) => {
  const { [name]: _, ...others }: Record<string, unknown> = message
  expect(() => sqsRecord(JSON.parse(JSON.stringify(others)), 'arn', 'us-east-1')).toThrow('SQS sends')
})

const records = ['a', 'b', 'c'].map((MessageId) => sqsRecord({ ...message, MessageId }, 'arn', 'us-east-1'))

test.each([
  ['null', ['a', 'b', 'c']],
  ['{}', ['a', 'b', 'c']],
  ['""', ['a', 'b', 'c']],
  ['{"batchItemFailures":null}', ['a', 'b', 'c']],
  ['{"batchItemFailures":[]}', ['a', 'b', 'c']],
  ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['a', 'c']],
  ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}', ['a', 'c']],
  ['{"batchItemFailures":[{"itemIdentifier":""}]}', []],
  ['{"batchItemFailures":[{"itemIdentifier":null}]}', []],
  ['{"batchItemFailures":[{"id":"b"}]}', []],
  ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"x"}]}', []],
  ['{"batchItemFailures":["b"]}', []],
  ['{"batchItemFailures":"b"}', []],
  ['"done"', []],
  ['[]', ['a', 'b', 'c']],
])('the answer %s deletes %j', (payload, expected) => {
  const done = succeededRecords(records, { ok: true, payload }, true)
  expect(done.map(({ messageId }) => messageId)).toEqual(expected)
})
