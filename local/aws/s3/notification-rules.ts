import { notImplemented, ServiceError } from '../store.ts'
import type { QueueNotification } from './bucket-facts.ts'

/** The one event that happens here: objects are neither copied nor uploaded in parts. */
const created = 's3:ObjectCreated:Put'

/** Events without a cause in the local S3, which lacks their operations. */
const neverHappens =
  /^s3:(ReducedRedundancyLostObject|(Replication|ObjectRestore|ObjectTagging|LifecycleExpiration):.+)$/
const ofCreation = /^s3:ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)$/

/** Whether a queue gets a message about a created object. */
export function coversCreated({ events, prefix, suffix }: QueueNotification, key: string): boolean {
  return events.some((event) => sameEvent(event, created)) && key.startsWith(prefix) && key.endsWith(suffix)
}

/**
 * @throws {ServiceError} 501 for an event that happens here but is not reported; 400 for two rules that cover the same
 *   event of the same object, and for two rules of one id
 */
export function checkRules(rules: readonly QueueNotification[]): void {
  for (const event of rules.flatMap(({ events }) => events)) {
    if (!ofCreation.test(event) && !neverHappens.test(event)) throw notImplemented(`notifications of ${event}`)
  }
  if (new Set(rules.map(({ id }) => id)).size < rules.length) throw invalid('Same ID used for multiple configurations.')
  const overlapping = rules.some((one, index) => rules.slice(index + 1).some((other) => overlap(one, other)))
  if (!overlapping) return
  throw invalid(
    'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.',
  )
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
function overlap(one: QueueNotification, other: QueueNotification): boolean {
  return (
    one.events.some((event) => other.events.some((its) => sameEvent(event, its))) &&
    (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
    (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix))
  )
}

function sameEvent(one: string, other: string): boolean {
  const covers = (pattern: string, event: string) => pattern.endsWith(':*') && event.startsWith(pattern.slice(0, -1))
  return one === other || covers(one, other) || covers(other, one)
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'InvalidArgument', message)
}
