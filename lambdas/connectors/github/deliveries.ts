import { RecordError } from '../../core/errors.ts'
import { isRawNumber, type Json, type JsonObject, numberText } from '../../core/json/json.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import type { ConnectDeliveries, Delivery } from '../../core/webhook/recovery/deliveries.ts'
import { explanation, isRateLimited, listIn, noList, rateLimits } from './answer.ts'
import { githubClient } from './client.ts'
import { bodyIn, leastBytes } from './delivery-body.ts'
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
