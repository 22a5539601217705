import { isPlainObject } from '../json/forms.ts'

/**
 * By its name, so that the SDK need not be loaded to ask.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const noSuchKey = 'NoSuchKey'

/** Whether S3 says that there is no such object. */
export const isMissing = (error: unknown): boolean => error instanceof Error && error.name === noSuchKey

/** `undefined` for a missing object. @throws what `otherwise` makes of any other error */
export function missingOr(error: unknown, otherwise: () => Error): undefined {
  if (!isMissing(error)) throw otherwise()
}

/** Status of S3's answer; `undefined` when there was none. */
export function statusOf(error: unknown): unknown {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined
  return isPlainObject(metadata) ? metadata.httpStatusCode : undefined
}
