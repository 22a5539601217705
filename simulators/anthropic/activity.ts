import { isObject } from '../shared/json.ts'
import {
  type ProviderSimulator,
  type ServerOptions,
  type SimulatedRequest,
  startProviderSimulator,
} from '../shared/provider-simulator.ts'
import { randomText, seededRandom } from '../shared/seeded-random.ts'
import { Cursors, compareRows, type FeedOptions, type FeedRow, SimulatedFeed } from '../shared/simulated-feed.ts'
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
const single = [
  'limit',
  'after_id',
  'before_id',
  'order',
  'created_at.gte',
  'created_at.gt',
  'created_at.lte',
  'created_at.lt',
]
const repeated = ['organization_ids[]', 'actor_ids[]', 'user_ids[]', 'activity_types[]', 'exclude_activity_types[]']

/**
 * The activity feed of the Compliance API with the activities of two invented organizations. Starts a day ago unless
 * `startAt` is given.
 * https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed
 */
export async function startAnthropicServer(options: AnthropicServerOptions = {}): Promise<ProviderSimulator> {
  const { seed = 1, now = Date.now, recordsRequests = true, eventsPerMinute = 6, lateShare = 0.02 } = options
  const { largestPage = 5000 } = options
  const feed = new SimulatedFeed({
    seed,
    eventsPerMinute,
    lateShare,
    longestDelayMs: options.longestDelayMs ?? 90_000,
    granularityMs: 1000,
    startAt: options.startAt ?? now() - 86_400_000,
    invent: inventActivity,
  })
  // Seeded with the time of the request, so that a restart does not repeat the ids.
  let asked = 0
  const randomAt = (time: number) => seededRandom(Math.imul(seed, 31) ^ Math.imul(++asked, 0x9e3779b1) ^ time)
  const cursors = new Cursors<Place>(seed, 'cur_', parsePlace)
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

/** The row at which a page begins or ends. */
type Place = Pick<FeedRow, 'time' | 'id'>

function parsePlace(value: unknown): Place | undefined {
  return isObject(value) && typeof value.time === 'number' && typeof value.id === 'string'
    ? { time: value.time, id: value.id }
    : undefined
}

const placeOf = ({ time, id }: Place): Place => ({ time, id })

/** Later than any row; negated, earlier. */
const endOfTime = 8.64e15

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
  cursors: Cursors<Place>,
  largestPage: number,
): SimulatedAnswer {
  const query = url.searchParams
  const problem = parameterProblem(query)
  if (problem !== undefined) return badRequest(problem)
  const ascending = query.get('order') === 'asc'
  const size = Math.min(Number(query.get('limit') ?? 100), largestPage)
  const [afterId, beforeId] = [query.get('after_id'), query.get('before_id')]
  const place = cursors.placeOf(afterId ?? beforeId ?? '')
  if ((afterId !== null || beforeId !== null) && place === undefined) return badRequest('cursor is not valid')

  const direction = ascending ? 1 : -1
  const isBehind = (row: FeedRow) => place === undefined || compareRows(row, place) * direction > 0
  const isBefore = (row: FeedRow) => place !== undefined && compareRows(row, place) * direction < 0
  const since = (ascending && afterId !== null ? place?.time : undefined) ?? timeIn(query, 'gte')
  const found = feed.shownSince(now, since).filter(filterOf(query))
  // Ascending, one row beyond the page shows that there are more, without a walk to the end of the feed.
  const rest =
    ascending && beforeId === null
      ? found
          .filter(isBehind)
          .take(size + 1)
          .toArray()
      : (ascending ? found.toArray() : found.toArray().reverse()).filter(beforeId === null ? isBehind : isBefore)
  const page = beforeId === null ? rest.slice(0, size) : rest.slice(-size)
  const more = rest.length > page.length
  if (fault?.kind === 'empty-page') {
    // No rows there yet: the next request continues from the same place.
    const last = place ?? { id: '', time: ascending ? -endOfTime : endOfTime }
    return {
      status: 200,
      headers: {},
      body: { data: [], has_more: true, first_id: null, last_id: cursors.cursorOf(last) },
    }
  }
  const [first, last] = [page[0], page.at(-1)]
  const body = {
    data: page.map(({ event }) => event),
    has_more: more,
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
  if (query.has('after_id') && query.has('before_id')) return 'after_id and before_id exclude each other'
  if (!['asc', 'desc', null].includes(query.get('order'))) return 'order: must be asc or desc'
  if (query.has('activity_types[]') && query.has('exclude_activity_types[]')) {
    return 'activity_types[] and exclude_activity_types[] exclude each other'
  }
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
  const time = (name: string, otherwise: number) => timeIn(query, name) ?? otherwise
  const [gte, gt, lte, lt] = [
    time('gte', Number.NEGATIVE_INFINITY),
    time('gt', Number.NEGATIVE_INFINITY),
    time('lte', Number.POSITIVE_INFINITY),
    time('lt', Number.POSITIVE_INFINITY),
  ]
  const organizations = query.getAll('organization_ids[]')
  const [types, excluded] = [query.getAll('activity_types[]'), query.getAll('exclude_activity_types[]')]
  const people = [...query.getAll('actor_ids[]'), ...query.getAll('user_ids[]')]
  return ({ time: at, event }) => {
    if (at < gte || at <= gt || at > lte || at >= lt) return false
    if (!isObject(event)) return true
    const { organization_id: id = null, organization_uuid: uuid = null, type, actor } = event
    // Activities without an organization pass the filter, as observed.
    const own =
      organizations.length === 0 || id === null || organizations.some((wanted) => wanted === id || wanted === uuid)
    const byType =
      typeof type !== 'string' || ((types.length === 0 || types.includes(type)) && !excluded.includes(type))
    const actorId = isObject(actor) ? actor.user_id : undefined
    return own && byType && (people.length === 0 || (typeof actorId === 'string' && people.includes(actorId)))
  }
}
