import { RecordError, TransientError } from '../../core/errors.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import { decodeUtf8, isObject, type Json, type JsonObject, parseJson } from '../../core/json/json.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { webhookLimits } from '../../core/webhook/limits.ts'
import type { KeptBody } from '../../core/webhook/recovery/deliveries.ts'
import { bodyKind } from './answer.ts'

/**
 * Fewest bytes of a body that was refused for its size: either each of its many parts has at least one, or it had more
 * than 4 MB as sent, which escapes and a form make several times longer, but not ten times.
 */
export const leastBytes = Math.min(webhookLimits.parts, 400_000)

/** The members of an answer to `GET …/deliveries/{id}` that tell of the body. */
export function bodyIn(
  { bytes }: HttpAnswer,
  attributes: Readonly<Record<string, string>>,
  what: string,
  least: number,
): Pick<KeptBody, 'event' | 'missing' | 'closes'> {
  const { length } = bytes
  const detail = detailOf(bytes, what)
  if (detail instanceof RecordError) return { missing: { why: `its body is ${detail.message}` } }
  const { request = null, response = null } = detail
  const payload = isObject(request) ? (request.payload ?? null) : null
  const closes = failureIn(response)
  if (payload === null) return { missing: { why: 'GitHub holds no body of it' } }
  if (isObject(payload) && length >= least) {
    return { event: { event: payload, attributes }, ...(closes !== undefined && { closes }) }
  }
  return { missing: { why: `GitHub holds only a part of its body, in ${length} bytes`, part: payload } }
}

/** @throws {TransientError} when the answer is cut, or not GitHub's */
function detailOf(bytes: Uint8Array, what: string): JsonObject | RecordError {
  try {
    const detail = parseJson(decodeUtf8(bytes))
    if (isObject(detail)) return detail
  } catch (error) {
    if (error instanceof RecordError && error.code !== 'not_json') return error
  }
  throw new TransientError(`${what}: the answer is not a delivery but ${bodyKind(bytes)}, or cut JSON`)
}

/** The failure that our own answer to the delivery names; GitHub keeps the answer as text. */
function failureIn(response: Json): string | undefined {
  const payload = isObject(response) ? response.payload : undefined
  const { failure } = typeof payload === 'string' ? (plainObjectIn(payload) ?? {}) : {}
  return typeof failure === 'string' && /^[0-9a-f]{32}$/.test(failure) ? failure : undefined
}
