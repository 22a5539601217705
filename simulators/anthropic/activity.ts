import { isObject } from '../shared/json.ts'
import {
  type ProviderSimulator,
  type ServerOptions,
  type SimulatedRequest,
  startProviderSimulator,
} from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import {
  Cursors,
  compareRows,
  type FeedOptions,
  type FeedRow,
  parseRowPlace,
  type RowPlace,
  SimulatedFeed,
} from '../shared/simulated-feed.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import { inventActivity, ownActivity } from './activities.ts'

export interface AnthropicServerOptions
  extends ServerOptions,
    Partial<Pick<FeedOptions, 'seed' | 'startAt' | 'eventsPerMinute' | 'lateShare' | 'longestDelayMs'>> {
  /** @default exampleAnthropicKey */
  readonly key?: string
  /** Scopes of the key. @default ['read:compliance_activities'] */
  readonly scopes?: readonly string[]
  /** Status for a missing key or one of the wrong kind; editions of the documentation differ. @default 404 */
  readonly missingKeyStatus?: 401 | 404
  /** Limit of the parent organization, in requests per minute. @default 600 */
  readonly requestsPerMinute?: number
  /** Largest page, whatever the request asks for. @default 5,000 */
  readonly largestPage?: number
  /** Whether requests cause activities, as they really do. @default true */
  readonly recordsRequests?: boolean
  /** State of the Compliance API, which only Admin API keys may ask for. @default asked for in vain */
  readonly settings?: 'enabled' | 'disabled'
}

/** An invented key. */
export const exampleAnthropicKey = 'sk-ant-api01-simulated-key-of-nobody-0123456789'

const path = '/v1/compliance/activities'
/** https://platform.claude.com/docs/en/api/admin/organization/compliance_settings */
const settingsPath = '/v1/organizations/compliance_settings'
const minuteMs = 60_000
const acceptedScopes = ['read:compliance_activities', 'read:org_audit']
/** What our connector asks by; other parameters of the API are unknown here. */
const single = ['limit', 'after_id', 'order', 'created_at.gte', 'created_at.lt']
const repeated = ['organization_ids[]']

/**
 * The activity feed of the Compliance API with the activities of two invented organizations, in ascending order only.
 * Starts a day ago unless `startAt` is given.
 * https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed
 */
export async function startAnthropicServer(options: AnthropicServerOptions = {}): Promise<ProviderSimulator> {
  const { seed = 1, now = Date.now, recordsRequests = true, largestPage = 5000 } = options
  const { eventsPerMinute, lateShare, longestDelayMs } = options
  const feed = new SimulatedFeed({
    seed,
    eventsPerMinute,
    lateShare,
    longestDelayMs,
    granularityMs: 1000,
    startAt: options.startAt ?? now() - 86_400_000,
    invent: inventActivity,
  })
  // Seeded with the time of the request, so that a restart does not repeat the ids.
  let asked = 0
  const randomAt = (time: number) => seededRandom(Math.imul(seed, 31) ^ Math.imul(++asked, 0x9e3779b1) ^ time)
  const cursors = new Cursors(seed, 'cur_', parseRowPlace)
  const admit = gate(options)
  const requestId = (random: () => number) => ({
    'request-id': `req_01${randomText(22, 'abcdefghijkmnopqrstuvwxyz123456789', random)}`,
  })
  return startProviderSimulator(options, (origin) => ({
    feed,
    isFeed: ({ url }) => url.pathname === path,
    expireCursors: () => cursors.expire(),
    answer(request) {
      const random = randomAt(request.now)
      const admitted = admit(request)
      if (!('limits' in admitted)) return withHeaders(admitted, requestId(random))
      if (request.url.pathname === settingsPath) {
        const body = { type: 'compliance_settings', state: { type: options.settings } }
        return { status: 200, headers: requestId(random), body }
      }
      const answer = activityPage(request, feed, cursors, largestPage)
      if (recordsRequests) {
        const time = request.now - (request.now % 1000)
        feed.insert({ ...ownActivity(time, `${origin}${path}`, random), time, shownAt: request.now })
      }
      return withHeaders(answer, { ...admitted.limits, ...requestId(random) })
    },
  }))
}

const placeOf = ({ time, id }: RowPlace): RowPlace => ({ time, id })

/** Earlier than any row. */
const beginning: RowPlace = { id: '', time: -8.64e15 }

const withHeaders = (answer: SimulatedAnswer, headers: Readonly<Record<string, string>>): SimulatedAnswer => ({
  ...answer,
  headers: { ...headers, ...answer.headers },
})

const refusal = (
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): SimulatedAnswer => ({
  status,
  headers,
  body: { type: 'error', error: { type, message } },
})

const badRequest = (message: string): SimulatedAnswer => refusal(400, 'invalid_request_error', message)

/** Checks the key and counts requests. Failed authentication does not count. */
function gate({
  key = exampleAnthropicKey,
  scopes = ['read:compliance_activities'],
  missingKeyStatus = 404,
  requestsPerMinute = 600,
  settings,
}: AnthropicServerOptions): (
  request: SimulatedRequest,
) => SimulatedAnswer | { readonly limits: Record<string, string> } {
  let window = { start: Number.NEGATIVE_INFINITY, used: 0 }
  return ({ headers, now, url }) => {
    const given = headers['x-api-key']
    if (typeof given !== 'string' || given === '' || given.startsWith('sk-ant-api03-')) {
      return missingKeyStatus === 404
        ? refusal(404, 'not_found_error', 'Not found')
        : refusal(401, 'authentication_error', 'x-api-key header is required')
    }
    if (given !== key) return refusal(401, 'authentication_error', 'invalid x-api-key')
    if (now >= window.start + minuteMs || now < window.start) window = { start: now, used: 0 }
    const used = ++window.used
    const reset = window.start + minuteMs
    const limits = {
      'anthropic-ratelimit-requests-limit': String(requestsPerMinute),
      'anthropic-ratelimit-requests-remaining': String(Math.max(requestsPerMinute - used, 0)),
      'anthropic-ratelimit-requests-reset': new Date(reset).toISOString(),
    }
    if (used > requestsPerMinute) {
      const wait = String(Math.ceil((reset - now) / 1000))
      return refusal(429, 'rate_limit_error', 'Too many requests', { ...limits, 'retry-after': wait })
    }
    if (!scopes.some((scope) => acceptedScopes.includes(scope))) {
      const message = `Insufficient scope. Got: [${scopes.join(', ')}]. Needed: [${acceptedScopes[0]}]`
      return refusal(403, 'permission_error', message, limits)
    }
    const isKnown = url.pathname === path || (url.pathname === settingsPath && settings !== undefined)
    return isKnown ? { limits } : refusal(404, 'not_found_error', 'Not found', limits)
  }
}

function activityPage(
  { url, now, fault }: SimulatedRequest,
  feed: SimulatedFeed,
  cursors: Cursors<RowPlace>,
  largestPage: number,
): SimulatedAnswer {
  const query = url.searchParams
  const problem = parameterProblem(query)
  if (problem !== undefined) return badRequest(problem)
  const size = Math.min(Number(query.get('limit') ?? 100), largestPage)
  const afterId = query.get('after_id')
  const place = afterId === null ? beginning : cursors.placeOf(afterId)
  if (place === undefined) return badRequest('cursor is not valid')

  const since = afterId === null ? timeIn(query, 'gte') : place.time
  // One row beyond the page shows that there are more, without a walk to the end of the feed.
  const rest = feed
    .shownSince(now, since)
    .filter(filterOf(query))
    .filter((row) => compareRows(row, place) > 0)
    .take(size + 1)
    .toArray()
  const page = rest.slice(0, size)
  if (fault?.kind === 'empty-page') {
    // No rows there yet: the next request continues from the same place.
    const body = { data: [], has_more: true, first_id: null, last_id: cursors.cursorOf(place) }
    return { status: 200, headers: {}, body }
  }
  const [first, last] = [page[0], page.at(-1)]
  const body = {
    data: page.map(({ event }) => event),
    has_more: rest.length > page.length,
    first_id: first ? cursors.cursorOf(placeOf(first)) : null,
    last_id: last ? cursors.cursorOf(placeOf(last)) : null,
  }
  return { status: 200, headers: {}, body }
}

function parameterProblem(query: URLSearchParams): string | undefined {
  for (const name of new Set(query.keys())) {
    if (!single.includes(name) && !repeated.includes(name)) return `${name}: unknown parameter`
    if (single.includes(name) && query.getAll(name).length > 1) return `${name}: given more than once`
  }
  const limit = query.get('limit')
  if (limit !== null && !(/^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 5000)) {
    return 'limit: must be between 1 and 5000'
  }
  if (query.get('order') !== 'asc') return 'order: must be asc'
  const badTime = single
    .filter((name) => name.startsWith('created_at.') && query.has(name))
    .find((name) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(query.get(name) ?? ''))
  return badTime === undefined ? undefined : `${badTime}: must be an RFC 3339 time`
}

function timeIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(`created_at.${name}`)
  return text === null ? undefined : Date.parse(text)
}

function filterOf(query: URLSearchParams): (row: FeedRow) => boolean {
  const gte = timeIn(query, 'gte') ?? Number.NEGATIVE_INFINITY
  const lt = timeIn(query, 'lt') ?? Number.POSITIVE_INFINITY
  const organizations = query.getAll('organization_ids[]')
  return ({ time, event }) => {
    if (time < gte || time >= lt) return false
    if (!isObject(event)) return true
    const { organization_id: id = null, organization_uuid: uuid = null } = event
    // Activities without an organization pass the filter, as observed.
    return organizations.length === 0 || id === null || organizations.some((wanted) => wanted === id || wanted === uuid)
  }
}
