import { isObject } from '../shared/json.ts'
import { type ProviderSimulator, type ServerOptions, startProviderSimulator } from '../shared/provider-simulator.ts'
import { SimulatedFeed } from '../shared/simulated-feed.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import { GithubAccess, refusal } from './access.ts'
import { DeliveryLog, type LoggedDelivery, type Receiver } from './delivery-log.ts'
import { exampleHook, type Hook } from './webhooks.ts'

export interface DeliveryServerOptions extends ServerOptions {
  readonly receiver: Receiver
  /** @default the example organization's */
  readonly hook?: Hook
  /** Login of the organization, or of the repository's owner. */
  readonly owner: string
  /** For a webhook of a repository. */
  readonly repository?: string
  /** @default an invented one */
  readonly token?: string
  /** @default ['admin:org_hook'] */
  readonly scopes?: readonly string[]
  /** @default 5,000 */
  readonly requestsPerHour?: number
}

export interface DeliveryServer extends ProviderSimulator {
  readonly log: DeliveryLog
}

/** An invented token. */
export const exampleHookToken = 'ghp_SimulatedHookTokenOfNobody0123456789'

/**
 * GitHub's API of a webhook's deliveries. There is none for webhooks of enterprises: such a path is answered 404.
 * https://docs.github.com/en/rest/orgs/webhooks#list-deliveries-for-an-organization-webhook
 */
export async function startDeliveryServer(options: DeliveryServerOptions): Promise<DeliveryServer> {
  const { owner, repository, hook = exampleHook, token = exampleHookToken, now: clock = Date.now } = options
  const { requestsPerHour = 5_000, scopes = ['admin:org_hook'] } = options
  const access = new GithubAccess({
    token,
    scopes,
    needs: 'admin:org_hook',
    requestsPerHour,
    resource: 'core',
    seed: 1,
  })
  const log: DeliveryLog = new DeliveryLog({ ...options, hook, now: () => server.now() })
  const isOwn = (path: string) => {
    const named = repository === undefined ? `/orgs/${owner}` : `/repos/${owner}/${repository}`
    const numbered = repository === undefined ? `/organizations/${hook.targetId}` : `/repositories/${hook.targetId}`
    return [named, numbered].some(
      (start) => path.toLowerCase() === `${start}/hooks/${hook.id}/deliveries`.toLowerCase(),
    )
  }
  const server = await startProviderSimulator({ ...options, now: clock }, (origin) => ({
    // The list has no feed of its own; the control endpoint wants one.
    feed: new SimulatedFeed({
      startAt: clock(),
      eventsPerMinute: 0,
      invent: () => {
        throw new Error('deliveries are not invented')
      },
    }),
    isFeed: ({ url }) => url.pathname.includes('/deliveries'),
    expireCursors: () => {},
    answer(request) {
      const checked = access.check(request)
      if (!('headers' in checked) || 'status' in checked) return checked
      const { headers } = checked
      const [, list = '', id, attempts] = /^(.*\/deliveries)(?:\/(\d+)(\/attempts)?)?$/.exec(request.url.pathname) ?? []
      if (!isOwn(list)) return refusal(404, 'Not Found', headers)
      if (id === undefined) return page(log, request.url, `${origin}${list}`, headers)
      const delivery = log.find(id)
      if (delivery === undefined) return refusal(404, 'Not Found', headers)
      if (attempts === undefined) return json(200, headers, detail(delivery, log.receiver.url, hook))
      if (request.method !== 'POST') return refusal(404, 'Not Found', headers)
      void log.redeliver(delivery)
      return { status: 202, headers, body: {} }
    },
  }))
  return {
    ...server,
    log,
    async stop() {
      await server.stop()
      await log.settled()
    },
  }
}

/** A page of the list. The cursor is the id of the last delivery before it. */
function page(log: DeliveryLog, url: URL, self: string, headers: Readonly<Record<string, string>>): SimulatedAnswer {
  const wanted = Number(url.searchParams.get('per_page') ?? 30)
  const size = Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, 100) : 30
  const cursor = url.searchParams.get('cursor')
  const [, before] = /^v1_(\d+)$/.exec(cursor ?? '') ?? []
  if (cursor !== null && before === undefined) return refusal(422, 'Validation Failed', headers)
  const rest = log.listed().filter(({ id }) => before === undefined || id < BigInt(before))
  const shown = rest.slice(0, size)
  const last = shown.at(-1)
  const next =
    last !== undefined && rest.length > size ? `<${self}?per_page=${size}&cursor=v1_${last.id}>; rel="next"` : undefined
  return json(
    200,
    { ...headers, ...(next !== undefined && { link: next }) },
    `[${shown.map((one) => row(one)).join()}]`,
  )
}

const json = (status: number, headers: Readonly<Record<string, string>>, body: string): SimulatedAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body,
})

/** A delivery as JSON text, because its id is no number of JavaScript. */
function row({ id, ...delivery }: LoggedDelivery, more: object = {}): string {
  const { repository } = delivery.payload
  const facts = {
    guid: delivery.guid,
    delivered_at: new Date(delivery.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    redelivery: delivery.redelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.payload.action ?? null,
    installation_id: null,
    repository_id: isObject(repository) ? (repository.id ?? null) : null,
    throttled_at: null,
    ...more,
  }
  return `{"id":${id},${JSON.stringify(facts).slice(1)}`
}

function detail(delivery: LoggedDelivery, url: string, hook: Hook): string {
  const headers = {
    Accept: '*/*',
    'content-type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/3b54d18',
    'X-GitHub-Delivery': delivery.guid,
    'X-GitHub-Event': delivery.event,
    'X-GitHub-Hook-ID': String(hook.id),
  }
  return row(delivery, {
    url,
    request: { headers, payload: shownPayload(delivery) },
    response: { headers: delivery.answer === undefined ? null : {}, payload: delivery.answer ?? null },
  })
}

function shownPayload({ payload, shown }: LoggedDelivery): unknown {
  if (shown === 'whole') return payload
  if (shown === 'null') return null
  const { sender, action } = payload
  return { action, sender }
}
