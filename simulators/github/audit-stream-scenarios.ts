import {
  type AuditStream,
  burst,
  checks,
  duplicatedFile,
  type Occurrence,
  outOfOrder,
  steadyFlow,
} from './audit-stream.ts'
import type { Written } from './audit-stream-objects.ts'
import { corruptFile, truncatedFile, wrongChecksum } from './audit-stream-spoiled.ts'
import {
  brokenLine,
  emptyGzip,
  emptyObject,
  longLine,
  otherSuffixes,
  plainText,
  severalMembers,
  unusualNames,
} from './audit-stream-unusual.ts'

/** Everything that a stream's bucket can hold, but for `largeFile`, by name. Their entries and names never meet. */
export const streamScenarios: Readonly<Record<string, (stream: AuditStream, occurrence: Occurrence) => Written>> = {
  'steady flow': steadyFlow,
  checks,
  'duplicated file': duplicatedFile,
  'out of order': outOfOrder,
  'burst after a pause': burst,
  'burst after a pause, in old minutes': (stream, { now }) => burst(stream, { now, names: 'events' }),
  'truncated file': truncatedFile,
  'corrupt file': corruptFile,
  'wrong checksum': wrongChecksum,
  'empty gzip': emptyGzip,
  'empty object': emptyObject,
  'plain text': plainText,
  'broken line': brokenLine,
  'long line': longLine,
  'several members': severalMembers,
  'other suffixes': otherSuffixes,
  'unusual names': unusualNames,
}
