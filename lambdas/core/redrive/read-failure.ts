import { RecordError } from '../errors.ts'
import type { Found } from '../intake/found.ts'
import { plainObjectIn } from '../json/forms.ts'
import { type EventContext, parseEvent } from '../normalize/event.ts'
import { readRequest } from '../webhook/read-request.ts'
import type { WebhookStream } from '../webhook/stream.ts'
import type { OpenFailure } from './open-failures.ts'

/** Reasons of failures whose bytes are not what a provider sent, but facts of what never came. */
const withoutEvent = new Set(['incomplete', 'undelivered', 'gone'])

/** Reasons that concern a single line of an object. The others concern the object, of which the bytes are an end. */
const ofOneLine = new Set(['not_json', 'not_object', 'invalid_utf8', 'too_deep', 'internal'])

const isInObject = (origin: string): boolean => origin.includes('://')

/** Why the bytes of a failure are not read again; `undefined` when they are. Stable for scripts. */
export function obstacleIn({ reason, origin }: Pick<OpenFailure, 'reason' | 'origin'>): string | undefined {
  if (withoutEvent.has(reason)) return 'holds_no_event'
  if (isInObject(origin) && !ofOneLine.has(reason)) return 'damaged_object'
  return undefined
}

/**
 * Reads what was received once more, as it would be read today.
 * @param webhook of the log type; without one, the bytes are a single event
 * @throws {RecordError} when the bytes as a whole still cannot be read
 */
export function readFailure(failure: OpenFailure, webhook: WebhookStream | undefined): Found {
  const { bytes, origin, position } = failure
  const attributes = attributesOf(failure)
  if (bytes.length === 0) throw new RecordError('empty', 'there are no bytes')
  // A part was an element or a line of the body: as a body of its own, it could mean something else.
  if (webhook && origin === 'webhook' && position === undefined) {
    return readRequest({ header: () => undefined, body: bytes }, webhook, attributes)
  }
  const event = { event: parseEvent(bytes), bytes, ...(position !== undefined && { position }) }
  return { events: [{ ...event, ...(attributes && { attributes }) }], failures: [] }
}

function attributesOf({ attributes }: OpenFailure): EventContext['attributes'] {
  if (attributes === undefined) return undefined
  const values = Object.entries(plainObjectIn(attributes) ?? {})
  return Object.fromEntries(values.flatMap(([column, value]) => (typeof value === 'string' ? [[column, value]] : [])))
}
