import { hash } from 'node:crypto'
import { isObject } from '../shared/json.ts'
import {
  type ProviderSimulator,
  type ServerOptions,
  type SimulatedProvider,
  type SimulatedRequest,
  startProviderSimulator,
} from '../shared/provider-simulator.ts'
import { Cursors, type FeedOptions, type FeedRow, SimulatedFeed } from '../shared/simulated-feed.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import { type AccessOptions, GithubAccess, refusal } from './access.ts'
import { type AccountOptions, accountAnswer } from './account.ts'
import { auditEventsOf, gitRetentionMs, isGit } from './audit-events.ts'
import { exampleGithubApp, type GithubApp, GithubOAuth } from './oauth.ts'

export interface GithubAuditServerOptions
  extends ServerOptions,
    Partial<AccessOptions>,
    AccountOptions,
    Partial<Pick<FeedOptions, 'startAt' | 'eventsPerMinute' | 'lateShare' | 'longestDelayMs'>> {
  /** @default 'example-org' */
  readonly organization?: string
  /** Slug of the enterprise. @default 'example' */
  readonly enterprise?: string
  /** Path prefix, such as `/api/v3` of GitHub Enterprise Server. @default '' */
  readonly basePath?: string
  /** The OAuth app that asks people for tokens. @default exampleGithubApp */
  readonly oauthApp?: GithubApp
}

export interface GithubAuditServer extends ProviderSimulator {
  /** Options for the connector. */
  readonly apiUrl: string
  /** Number of tokens issued to the App's installation. */
  issuedTokens(): number
  revokeIssuedTokens(): void
}

/** An invented token. */
export const exampleGithubToken = 'ghp_SimulatedTokenOfNobody0123456789abcd'

const dayMs = 86_400_000
const retentionMs = 180 * dayMs
const defaultWindowMs = 90 * dayMs
/** As in the samples. */
const orgId = 90_210
const businessId = 12

/** Start or end of a page, as a position in a search's results, which moves when rows appear before it. */
interface Place {
  readonly offset: number
  /** Identifies the search. */
  readonly search: string
}

function parsePlace(value: unknown): Place | undefined {
  if (!isObject(value) || typeof value.offset !== 'number' || typeof value.search !== 'string') return undefined
  return { offset: value.offset, search: value.search }
}

/**
 * GitHub's audit log API with the events of an invented organization. Starts a day ago unless `startAt` is given.
 * https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
 */
export async function startGithubAuditServer(options: GithubAuditServerOptions = {}): Promise<GithubAuditServer> {
  const { organization = 'example-org', enterprise = 'example', basePath = '', seed = 1, now = Date.now } = options
  // GitHub shows some entries minutes after others.
  const { eventsPerMinute, lateShare, longestDelayMs = 5 * 60_000 } = options
  const startedAt = now()
  const access = new GithubAccess({ ...options, token: options.token ?? exampleGithubToken, seed })
  const oauth = new GithubOAuth({ app: options.oauthApp ?? exampleGithubApp, access, organization, seed })
  const invent = auditEventsOf({ login: organization, business: enterprise })
  const feed = new SimulatedFeed({
    seed,
    eventsPerMinute,
    lateShare,
    longestDelayMs,
    startAt: options.startAt ?? startedAt - dayMs,
    invent: (time, random) => invent(time, random, time > startedAt - gitRetentionMs),
  })
  const cursors = new Cursors<Place>(seed, '', parsePlace)
  const scopes = new Map([
    [`/orgs/${organization}`, `/organizations/${orgId}`],
    [`/organizations/${orgId}`, `/organizations/${orgId}`],
    [`/enterprises/${enterprise}`, `/enterprises/${businessId}`],
    [`/enterprises/${businessId}`, `/enterprises/${businessId}`],
  ])

  const provide = (origin: string): SimulatedProvider => ({
    feed,
    isFeed: ({ url }) => url.pathname.endsWith('/audit-log'),
    expireCursors: () => cursors.expire(),
    answer(request) {
      const path = request.url.pathname
      const consent = oauth.answer(request)
      if (consent) return consent
      if (!path.startsWith(`${basePath}/`)) return refusal(404, 'Not Found')
      const own = path.slice(basePath.length)
      const [, installation] = /^\/app\/installations\/([^/]+)\/access_tokens$/.exec(own) ?? []
      if (installation !== undefined && request.method === 'POST') return access.issue(request, installation)
      const user = access.userOf(request)
      const account = accountAnswer(own, organization, { ...options, ...user })
      if (account) return access.refused(request) ?? account
      const checked = access.check(request)
      if (!('headers' in checked) || 'status' in checked) return checked
      const numeric = scopes.get(own.replace(/\/audit-log$/, ''))
      if (numeric === undefined || !own.endsWith('/audit-log')) return refusal(404, 'Not Found', checked.headers)
      const answer = auditPage(request, feed, cursors, `${origin}${basePath}${numeric}/audit-log`)
      return { ...answer, headers: { ...checked.headers, ...answer.headers } }
    },
  })

  const server = await startProviderSimulator(options, provide)
  return {
    ...server,
    apiUrl: `${server.url}${basePath}`,
    issuedTokens: () => access.issued,
    revokeIssuedTokens: () => access.revokeIssued(),
  }
}

function auditPage(
  request: SimulatedRequest,
  feed: SimulatedFeed,
  cursors: Cursors<Place>,
  self: string,
): SimulatedAnswer {
  const { url, now, fault } = request
  const query = url.searchParams
  const search = hash('sha256', JSON.stringify(['phrase', 'include', 'order'].map((name) => query.get(name)))).slice(
    0,
    16,
  )
  const results = resultsOf(query, feed, now)
  if (results === undefined) return refusal(422, 'Validation Failed')
  const wanted = Number(query.get('per_page') ?? 30)
  const size = Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, 100) : 30
  const start = startOf(query, cursors, search, size)
  if (start === undefined) return refusal(422, 'Validation Failed: the cursor is not valid')

  const end = fault?.kind === 'empty-page' ? start : Math.min(start + size, results.length)
  const isLast = end >= results.length && fault?.kind !== 'empty-page'
  const link = (name: 'after' | 'before', offset: number) => {
    const page = new URLSearchParams(query)
    page.delete('after')
    page.delete('before')
    page.set(name, cursors.cursorOf({ offset, search }))
    return `${self}?${page}`
  }
  const next = fault?.kind === 'next-link' ? fault.location : isLast ? undefined : link('after', end)
  const first = new URLSearchParams(query)
  first.delete('after')
  first.delete('before')
  const links = [
    ...(next === undefined ? [] : [`<${next}>; rel="next"`]),
    `<${self}?${first}>; rel="first"`,
    ...(start === 0 ? [] : [`<${link('before', start)}>; rel="prev"`]),
  ]
  const isOnly = next === undefined && start === 0
  const body = results.slice(start, end).map(({ event }) => event)
  return { status: 200, headers: isOnly ? {} : { link: links.join(', ') }, body }
}

/** The results of a search in its order; `undefined` when it is malformed. */
function resultsOf(query: URLSearchParams, feed: SimulatedFeed, now: number): FeedRow[] | undefined {
  const include = query.get('include') ?? 'web'
  const order = query.get('order') ?? 'desc'
  const span = spanOf(query.get('phrase') ?? '', now)
  if (!['web', 'git', 'all'].includes(include) || !['asc', 'desc'].includes(order) || !span) return undefined
  const found = feed.shown(now).filter((row) => {
    const git = isObject(row.event) && isGit(row.event.action)
    const oldest = git ? Math.max(span.oldest, now - gitRetentionMs) : span.oldest
    const second = Math.floor(row.time / 1000)
    const isIn = row.time >= oldest && second >= span.first && second <= span.last
    return isIn && (include === 'all' || (include === 'git') === git)
  })
  return order === 'asc' ? found : found.reverse()
}

/**
 * The time of a search, from its first second to its last. Of GitHub's qualifiers only `created:A..B` is known here,
 * with two times of the form that our connector sends.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization
 */
function spanOf(phrase: string, now: number) {
  // Without a time GitHub searches only the last three months.
  if (phrase === '')
    return { oldest: now - defaultWindowMs, first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY }
  const [, first, last] = /^created:(\d{4}-\d\d-\d\dT[\d:.]+Z)\.\.(\d{4}-\d\d-\d\dT[\d:.]+Z)$/.exec(phrase) ?? []
  if (first === undefined || last === undefined) return undefined
  const secondOf = (text: string) => Math.floor(Date.parse(text) / 1000)
  return { oldest: now - retentionMs, first: secondOf(first), last: secondOf(last) }
}

/** The first row of the page; `undefined` when its cursor belongs to another search. */
function startOf(query: URLSearchParams, cursors: Cursors<Place>, search: string, size: number): number | undefined {
  const [after, before] = [query.get('after'), query.get('before')]
  if (!after && !before) return 0
  const place = cursors.placeOf(after || before || '')
  if (place === undefined || place.search !== search) return undefined
  return after ? place.offset : Math.max(place.offset - size, 0)
}
