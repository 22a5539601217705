import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { RecordError } from '../../core/errors.ts'
import { decodeUtf8 } from '../../core/json/json.ts'
import { parseEvent } from '../../core/normalize/event.ts'
import type { WebhookRequest } from '../../core/webhook/http.ts'
import type { WebhookStream } from '../../core/webhook/stream.ts'

const jsonType = 'application/json'
const formType = 'application/x-www-form-urlencoded'
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

  read(request, content) {
    // GitHub sends a ping when a hook is created, to test the connection; it is not an event.
    if (request.header('x-github-event') === 'ping') return { events: [], failures: [] }
    const json = jsonOf(request, content)
    if (json.length === 0) throw new RecordError('empty', 'the body is empty; expected a JSON object')
    return {
      events: [{ event: parseEvent(json), bytes: request.body, attributes: attributesOf(request) }],
      failures: [],
    }
  },

  probe(secret) {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.', hook: { type: 'Organization', active: true } })
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const headers = { 'content-type': jsonType, 'x-github-event': 'ping', 'x-github-delivery': randomUUID() }
    return { body, headers, proof: { 'x-hub-signature-256': `sha256=${signature}` } }
  },
}

/**
 * Facts that only the headers hold: https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 */
const attributesOf = ({ header }: WebhookRequest) => ({
  p_webhook_event: header('x-github-event'),
  p_webhook_delivery: header('x-github-delivery'),
  p_webhook_hook_id: header('x-github-hook-id'),
})

/** The JSON of the body, which a hook can be configured to send as the form field `payload`. */
function jsonOf(request: WebhookRequest, content: Uint8Array): Uint8Array {
  const type = request.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? jsonType
  if (type === jsonType) return content
  if (type !== formType) {
    throw new RecordError('unsupported_content_type', `the content type must be ${jsonType} or ${formType}`)
  }
  return Buffer.from(new URLSearchParams(decodeUtf8(content)).get('payload') ?? '')
}
