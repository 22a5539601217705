import { RecordError, TransientError } from '../../core/errors.ts'
import { plainObjectIn } from '../../core/json/forms.ts'
import {
  decodeUtf8,
  isObject,
  isRawNumber,
  type Json,
  type JsonObject,
  numberText,
  parseJson,
} from '../../core/json/json.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { webhookLimits } from '../../core/webhook/limits.ts'
import type { ConnectDeliveries, Delivery, KeptBody } from '../../core/webhook/recovery/deliveries.ts'
import { bodyKind, explanation, isRateLimited, listIn, noList, rateLimits } from './answer.ts'
import { githubClient } from './client.ts'
import { deliveriesPath } from './log-path.ts'
import { nextLink, withParameters } from './next-link.ts'
import { githubRefusal, type Rights } from './refusal.ts'

const pageParameters = new URLSearchParams({ per_page: '100' })

/**
 * The deliveries of a webhook of an organization or repository. Those of Apps and enterprises cannot be reached with a
 * token. https://docs.github.com/en/rest/orgs/webhooks#list-deliveries-for-an-organization-webhook
 */
export const connect: ConnectDeliveries = ({ options, http, httpForBodies, ...connection }) => {
  const owner = String(options.owner)
  const repository = typeof options.repository === 'string' ? options.repository : undefined
  const hookId = String(options.hookId)
  const ofWhom = repository === undefined ? `organization "${owner}"` : `repository "${owner}/${repository}"`
  const what = `GitHub webhook ${hookId} of ${ofWhom}`
  const client = githubClient({ ...connection, http })
  const clientForBodies = githubClient({ ...connection, http: httpForBodies })
  const path = deliveriesPath(client.apiUrl, owner, repository, hookId)
  const refused = (answer: HttpAnswer, token: string, withCursor = false) =>
    githubRefusal(answer, { what, rights: hookRights(repository), secrets: [token], withCursor })
  return {
    what,

    async fetchPage(cursor) {
      const url = cursor ?? `${path.url}?${pageParameters}`
      const { answer, token } = await client.get(url)
      if (answer.status !== 200) throw refused(answer, token, cursor !== undefined)
      const deliveries = readDeliveries(answer, what)
      const link = nextLink(answer.headers.get('link'), { requested: url, path, secrets: [token] })
      return {
        deliveries,
        ...(link !== undefined && { next: withParameters(link, pageParameters) }),
        limits: rateLimits(answer),
      }
    },

    async read({ id, guid, event, isTooLarge }) {
      const { answer, token } = await clientForBodies.get(`${path.url}/${id}`)
      const limits = rateLimits(answer)
      if (answer.status === 404) return { missing: { why: 'GitHub no longer lists its delivery' }, limits }
      if (answer.status !== 200) throw refused(answer, token)
      const attributes = { p_webhook_event: event, p_webhook_delivery: guid, p_webhook_hook_id: hookId }
      return { ...bodyIn(answer, attributes, what, isTooLarge ? leastBytes : 0), limits }
    },

    async askAgain(id) {
      const { answer, token } = await client.post(`${path.url}/${id}/attempts`)
      if (answer.status === 202) return { limits: rateLimits(answer) }
      // The list has just been read with the same token, so the webhook is not hidden: the others can be asked for.
      if (answer.status === 404) {
        const { token: right } = hookRights(repository)
        throw new RecordError(
          'undelivered',
          `${what}: GitHub no longer knows delivery ${id}, or hides it from a token without ${right}`,
        )
      }
      if ((answer.status === 400 || answer.status === 422) && !isRateLimited(answer)) {
        const told = explanation(answer, [token])
        throw new RecordError('undelivered', `${what}: GitHub does not send delivery ${id} again${told}`)
      }
      throw refused(answer, token)
    },
  }
}

const hookRights = (repository: string | undefined): Rights =>
  repository === undefined
    ? {
        token:
          'the scope admin:org_hook (a fine-grained token or a GitHub App: the organization permission "Webhooks: write")',
        check:
          'that the webhook belongs to the organization (those of Apps and enterprises have no such list), that the token ' +
          "is not one of an OAuth app (which sees only the App's own webhooks), that it belongs to an owner of the organization",
        settings: 'owner, hookId and apiUrl',
      }
    : {
        token:
          'the scope admin:repo_hook (a fine-grained token or a GitHub App: the repository permission "Webhooks: write")',
        check:
          'that the webhook belongs to the repository, that the token is not one of an OAuth app (which sees only the ' +
          "App's own webhooks), that it belongs to an administrator of the repository",
        settings: 'owner, repository, hookId and apiUrl',
      }

/** A row that cannot be read costs none of its neighbours. */
function readDeliveries(answer: HttpAnswer, what: string): Delivery[] {
  const { events, failures } = listIn(answer, what, 'deliveries')
  const deliveries = events.flatMap(({ event }) => deliveryOf(event) ?? [])
  if (deliveries.length > 0 || events.length + failures.length === 0) return deliveries
  throw noList(what, 'deliveries', 'a list of something else')
}

/** https://docs.github.com/en/rest/orgs/webhooks#list-deliveries-for-an-organization-webhook */
function deliveryOf(row: JsonObject): Delivery | undefined {
  const { guid, event, status, status_code: statusCode, delivered_at: deliveredAt, redelivery } = row
  const id = idText(row.id)
  const at = typeof deliveredAt === 'string' ? Date.parse(deliveredAt) : Number.NaN
  if (id === undefined || typeof guid !== 'string' || guid === '' || Number.isNaN(at)) return undefined
  const repository = idText(row.repository_id)
  return {
    id,
    guid,
    at,
    isRepeat: redelivery === true,
    isTest: event === 'ping',
    // GitHub's rule; the code alone lies outside the documented ranges at times.
    hasArrived: status === 'OK',
    isTooLarge: statusCode === 413,
    event: typeof event === 'string' ? event : '',
    ...(repository !== undefined && { repository }),
  }
}

/** An id as its digits, which a number of JavaScript cannot hold. */
function idText(value: Json | undefined): string | undefined {
  if (typeof value !== 'number' && !isRawNumber(value)) return undefined
  const text = numberText(value)
  return /^\d+$/.test(text) ? text : undefined
}

/**
 * Fewest bytes of a body that was refused for its size: either each of its many parts has at least one, or it had more
 * than 4 MB as sent, which escapes and a form make several times longer, but not ten times.
 */
const leastBytes = Math.min(webhookLimits.parts, 400_000)

/** The members of an answer to `GET …/deliveries/{id}` that tell of the body. */
function bodyIn(
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
