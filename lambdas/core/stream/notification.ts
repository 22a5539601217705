import { RecordError } from '../errors.ts'
import { isNumber, isPlainObject, isText, jsonIn, listOf, objectOf, optional } from '../json/forms.ts'

/** A created object, as S3's message names it. */
export interface CreatedObject {
  readonly bucket: string
  /** Decoded. */
  readonly name: string
  /** The ETag. */
  readonly version?: string
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number
  /** Bytes as stored. */
  readonly size: number
}

const isRecordOfS3 = objectOf({
  eventName: isText,
  eventTime: isText,
  s3: objectOf({
    bucket: objectOf({ name: isText }),
    object: objectOf({ key: isText, size: optional(isNumber), eTag: optional(isText) }),
  }),
})

const isNotification = objectOf({ Records: listOf(isRecordOfS3) })

/**
 * Reads a message of S3 about created objects. The test message, which S3 sends when notifications are switched on,
 * names none, and neither do messages about other events.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @throws {RecordError} `bad_message` when it is of another form
 */
export function parseNotification(body: string): readonly CreatedObject[] {
  const message = jsonIn(body)
  if (isPlainObject(message) && message.Event === 's3:TestEvent') return []
  if (!isNotification(message))
    throw new RecordError('bad_message', 'the message is not one of S3 about created objects')
  return message.Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:')).map(
    ({ eventTime, s3: { bucket, object } }) => {
      const writtenAt = Date.parse(eventTime)
      if (Number.isNaN(writtenAt)) throw new RecordError('bad_message', 'the message has no valid eventTime')
      const { key, size = 0, eTag: version } = object
      return { bucket: bucket.name, name: decodedKey(key), ...(version !== undefined && { version }), writtenAt, size }
    },
  )
}

/** Keys are encoded as in HTML forms: `+` is a space, and a plus is `%2B`. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    throw new RecordError('bad_message', "the message's key is not encoded as S3 encodes it")
  }
}
