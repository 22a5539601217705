import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { RecordError } from '../../core/errors.ts'
import { decodeUtf8, isObject, type JsonObject } from '../../core/json/json.ts'
import { parseEvent } from '../../core/normalize/event.ts'
import { checkParts } from '../../core/webhook/limits.ts'
import type { WebhookStream } from '../../core/webhook/stream.ts'

const signatureForm = /^sha256=([0-9a-f]{64})$/

/**
 * GitHub's webhooks: HMAC-SHA256 over the raw body in `X-Hub-Signature-256`. The older SHA-1 header is ignored.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const webhook: WebhookStream = {
  verify(request, secrets) {
    const hex = signatureForm.exec(request.header('x-hub-signature-256') ?? '')?.[1]
    if (hex === undefined) return false
    const signature = Buffer.from(hex, 'hex')
    return secrets.some((secret) =>
      timingSafeEqual(createHmac('sha256', secret).update(request.body).digest(), signature),
    )
  },

  /**
   * Facts that only the headers hold:
   * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
   */
  attributeHeaders: {
    p_webhook_event: 'x-github-event',
    p_webhook_delivery: 'x-github-delivery',
    p_webhook_hook_id: 'x-github-hook-id',
  },

  read(request, content) {
    const json = jsonOf(content)
    if (json.length === 0) throw new RecordError('empty', 'the body is empty; expected a JSON object')
    const event = parseEvent(json)
    if (isPing(event)) return { events: [], failures: [] }
    return { events: [{ event, bytes: request.body }], failures: [] }
  },

  probe(secret) {
    const hook = { type: 'Organization', id: 0, active: true }
    const body = JSON.stringify({ zen: 'Keep it logically awesome.', hook_id: hook.id, hook })
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const headers = { 'content-type': 'application/json', 'x-github-event': 'ping', 'x-github-delivery': randomUUID() }
    return { body, headers, proof: { 'x-hub-signature-256': `sha256=${signature}` } }
  },
}

/**
 * GitHub sends a ping when a hook is created, to test the connection; it is not an event. The header that names the
 * event is not signed, so it cannot pass an event off as a ping.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
 */
const isPing = ({ zen, hook_id: hookId = null, hook = null }: JsonObject): boolean =>
  typeof zen === 'string' && hookId !== null && isObject(hook)

const formStart = Buffer.from('payload=')
const ampersand = 38

/**
 * The JSON of the body, which a hook can be configured to send as a form with the field `payload` alone. The beginning
 * decides, because the content type is not signed: a text inside a JSON body must not be read as a field.
 * @throws {RecordError} when it is a form with other fields, its escapes are invalid, or it holds too much
 */
function jsonOf(content: Uint8Array): Uint8Array {
  if (!formStart.equals(content.subarray(0, formStart.length))) return content
  const field = content.subarray(formStart.length)
  if (field.includes(ampersand)) throw new RecordError('not_json', 'a form with other fields beside one payload')
  const json = unescaped(field)
  // Its escapes have hidden them from the count over the whole body.
  checkParts(json)
  return json
}

function unescaped(field: Uint8Array): Uint8Array {
  try {
    return Buffer.from(decodeURIComponent(decodeUtf8(field).replaceAll('+', ' ')))
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    throw new RecordError('invalid_utf8', 'the form has escapes that are not UTF-8')
  }
}
