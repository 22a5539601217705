import {
  type ProviderSimulator,
  type ServerOptions,
  type SimulatedRequest,
  startProviderSimulator,
} from '../shared/provider-simulator.ts'
import { Cursors, type FeedOptions, parseRowPlace, SimulatedFeed } from '../shared/simulated-feed.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'
import { AccessTable, inventClient, parseAccessOrder, type SortBy } from './access-table.ts'
import { auditPage, auditPath, auditRefusal } from './audit-logs.ts'
import { inventAuditEntry, inventIntegration } from './events.ts'
import { listRefusal, numberedPage } from './numbered-list.ts'
import { exampleSlackApp, type SlackApp, SlackOAuth } from './oauth.ts'
import { RateLimit } from './rate-limit.ts'
import {
  authTest,
  exampleEnterpriseId,
  exampleSlackToken,
  exampleTeamId,
  isRefused,
  parseTokenChange,
  type SlackToken,
  SlackTokens,
} from './tokens.ts'

const accessPath = '/api/team.accessLogs'
const integrationPath = '/api/team.integrationLogs'

export interface SlackServerOptions
  extends ServerOptions,
    Partial<Pick<FeedOptions, 'seed' | 'startAt' | 'eventsPerMinute' | 'lateShare' | 'longestDelayMs'>> {
  /** The log that the control endpoint shows and changes. */
  readonly shows: 'audit-logs' | 'integration-logs'
  /** The token that is given out from the start. @default one of the organization with the scope of the audit log */
  readonly token?: Partial<SlackToken>
  /** The app that asks people for tokens. @default exampleSlackApp */
  readonly app?: SlackApp
  /** Requests in a minute, for each method. @default 50 for the audit log, 20 for the others */
  readonly requestsPerMinute?: number
  /** Rows of a page at most. @default as Slack allows */
  readonly largestPage?: number
  /** By what access logs are sorted; the documents do not say. @default 'date_first' */
  readonly sortBy?: SortBy
  /** The order of integration logs; the documents do not say. @default 'newest-first' */
  readonly integrationOrder?: 'newest-first' | 'oldest-first'
  /** Whether a token of the organization gets access logs with `team_id` only; the documents differ. @default false */
  readonly accessNeedsTeam?: boolean
  /** Rows in the access log from the start, between `startAt` and now. @default 0 */
  readonly accessRows?: number
}

export interface SlackServer extends ProviderSimulator {
  readonly tokens: SlackTokens
  /** Everything in the access log as it is now. */
  readonly accesses: AccessTable
}

/**
 * Slack's three logs for an invented organization with one workspace. Starts a day ago unless `startAt` is given.
 * Beside the control endpoint, `POST /_access` lets clients access, `GET /_access` shows the rows, `POST /_tokens`
 * changes all tokens, and `POST /_app` changes the app.
 */
export async function startSlackServer(options: SlackServerOptions): Promise<SlackServer> {
  const { seed = 1, now = Date.now, shows, largestPage = 9_999, accessRows = 0 } = options
  const { startAt = now() - 86_400_000, eventsPerMinute = 4, lateShare, longestDelayMs } = options
  const feedOf = (invent: FeedOptions['invent'], salt: number) =>
    new SimulatedFeed({
      seed: seed ^ salt,
      startAt,
      eventsPerMinute,
      lateShare,
      longestDelayMs,
      granularityMs: 1000,
      invent,
    })
  const audit = feedOf(inventAuditEntry, 0)
  const integrations = feedOf(inventIntegration, 0x1a7e)
  const uses = feedOf((time, random) => {
    // Sixty clients come all the time, and now and then a new one.
    const number = random() < 0.9 ? Math.floor(random() * 60) : Math.floor(random() * 3_000)
    return { id: `use-${number}-${time}`, event: number }
  }, 0x5e55)
  const accesses = new AccessTable(options.sortBy ?? 'date_first')
  const apartMs = (now() - startAt) / accessRows
  for (let number = 0; number < accessRows; number++) accesses.access(inventClient(number), startAt + number * apartMs)
  let accessedUntil = Number.NEGATIVE_INFINITY
  const accessUntil = (time: number) => {
    for (const row of uses.shownSince(time, accessedUntil)) {
      if (row.time > accessedUntil && row.time <= time) accesses.access(inventClient(Number(row.event)), row.time)
    }
    accessedUntil = Math.max(accessedUntil, time)
  }
  const tokens = new SlackTokens(seed)
  const own = tokens.add({
    token: exampleSlackToken,
    scopes: shows === 'audit-logs' ? ['auditlogs:read'] : ['admin'],
    ofOrganization: shows === 'audit-logs',
    teamId: exampleTeamId,
    enterpriseId: shows === 'audit-logs' ? exampleEnterpriseId : undefined,
    ...options.token,
  })
  const oauth = new SlackOAuth({ app: options.app ?? exampleSlackApp, tokens, own, seed })
  const cursors = new Cursors(seed, 'dXNlcjp', parseRowPlace)
  const limits = new Map(
    (
      [
        [auditPath, 50],
        [accessPath, 20],
        [integrationPath, 20],
      ] as const
    ).map(([path, most]) => [path as string, new RateLimit(options.requestsPerMinute ?? most)]),
  )
  let refusals = 0

  const answer = (request: SimulatedRequest): SimulatedAnswer => {
    const { method, url, body } = request
    switch (`${method} ${url.pathname}`) {
      case `GET ${auditPath}`: {
        const judged = tokens.judge(request, { scope: 'auditlogs:read', ofOrganization: true })
        // Which status comes with an error is not documented.
        if (isRefused(judged)) return auditRefusal(refusals++ % 2 === 0 ? 200 : 403, judged.error, judged)
        return auditPage(request, { feed: audit, cursors, largestPage })
      }
      case `GET ${accessPath}`: {
        const judged = tokens.judge(request, {
          scope: 'admin',
          ...(options.accessNeedsTeam && { needsTeam: true as const }),
        })
        if (isRefused(judged)) return listRefusal(judged)
        accessUntil(request.now)
        const before = Number(url.searchParams.get('before') ?? Math.floor(request.now / 1000))
        if (!Number.isInteger(before)) return listRefusal({ error: 'invalid_arguments' })
        const rows = accesses.rows(before)
        return numberedPage(request, { member: 'logins', rows, largestPage })
      }
      case `GET ${integrationPath}`: {
        const judged = tokens.judge(request, { scope: 'admin', needsTeam: true })
        if (isRefused(judged)) return listRefusal(judged)
        const rows = integrations.shown(request.now).map(({ event }) => event)
        if (options.integrationOrder !== 'oldest-first') rows.reverse()
        return numberedPage(request, { member: 'logs', rows, largestPage })
      }
      case 'GET /api/auth.test':
      case 'POST /api/auth.test':
        return authTest(tokens.judge(request))
      case 'GET /_access':
        accessUntil(request.now)
        return { status: 200, headers: {}, body: accesses.rows() }
      case 'POST /_access': {
        const { use, agoMs, sortBy } = parseAccessOrder(body)
        accessUntil(request.now)
        for (const number of use) accesses.access(inventClient(number), request.now - agoMs)
        if (sortBy) accesses.sort(sortBy)
        return { status: 200, headers: {}, body: { rows: accesses.rows().length } }
      }
      case 'POST /_tokens':
        tokens.change(parseTokenChange(body))
        return { status: 200, headers: {}, body: {} }
      default:
        return oauth.answer(request) ?? unknownPath(url.pathname)
    }
  }

  const server = await startProviderSimulator(options, () => ({
    feed: shows === 'audit-logs' ? audit : integrations,
    isFeed: ({ url }) => limits.has(url.pathname),
    expireCursors: () => cursors.expire(),
    answer: (request) => limits.get(request.url.pathname)?.count(request.now) ?? answer(request),
  }))
  return { ...server, tokens, accesses }
}

const unknownPath = (path: string): SimulatedAnswer =>
  path.startsWith('/api/') ? listRefusal({ error: 'unknown_method' }) : auditRefusal(404, 'bad_endpoint')
