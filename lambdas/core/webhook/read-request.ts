import type { Found } from '../intake/found.ts'
import type { EventContext } from '../normalize/event.ts'
import { contentOf, type WebhookRequest } from './http.ts'
import { checkParts } from './limits.ts'
import type { WebhookStream } from './stream.ts'

/** The values of the schema's attribute columns that a request's headers hold; `undefined` when no column needs one. */
export function attributesIn(
  { header }: Pick<WebhookRequest, 'header'>,
  { attributeHeaders }: Pick<WebhookStream, 'attributeHeaders'>,
): EventContext['attributes'] {
  if (attributeHeaders === undefined) return undefined
  return Object.fromEntries(Object.entries(attributeHeaders).map(([column, name]) => [column, header(name)]))
}

/**
 * The events of a verified request, and the parts of it that are not events.
 * @param attributes of each of them
 * @throws {RecordError} when the body as a whole cannot be read, or exceeds a limit
 */
export function readRequest(
  request: WebhookRequest,
  stream: Pick<WebhookStream, 'read'>,
  attributes: EventContext['attributes'],
): Found {
  const content = contentOf(request)
  checkParts(content)
  const found = stream.read(request, content)
  if (attributes === undefined) return found
  return {
    events: found.events.map((event) => ({ ...event, attributes })),
    failures: found.failures.map((failure) => ({ ...failure, attributes })),
  }
}
