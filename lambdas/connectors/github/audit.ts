import { CursorError, RecordError, TransientError } from '../../core/errors.ts'
import { type JsonList, readJsonList } from '../../core/intake/json-list.ts'
import type { JsonObject } from '../../core/json/json.ts'
import { compileTime } from '../../core/normalize/time.ts'
import { parseBaseUrl, sameOrigin } from '../../core/poll/provider/base-url.ts'
import { filterTime } from '../../core/poll/provider/filter-time.ts'
import type { HttpAnswer, HttpClient } from '../../core/poll/provider/http.ts'
import type { PageRequest, PollStream } from '../../core/poll/stream.ts'
import { bodyKind, rateLimits } from './answer.ts'
import { createAuditAuth } from './audit-auth.ts'
import { auditRefusal } from './audit-refusal.ts'
import { githubHeaders } from './headers.ts'
import { nextLink, withParameters } from './next-link.ts'

export interface GithubAuditOptions {
  readonly scope: 'organization' | 'enterprise'
  /** Login of the organization, or slug of the enterprise. */
  readonly name: string
  /** Of GitHub Enterprise Server: `https://<host>/api/v3`. @default 'https://api.github.com' */
  readonly apiUrl?: string
  /** Reads the source's secret: a token, or JSON with a token or a GitHub App. */
  readonly secret: () => Promise<string>
  readonly http: HttpClient
  /** For the token of a GitHub App. @default Date.now */
  readonly now?: () => number
}

const paths = { organization: 'orgs', enterprise: 'enterprises' } as const

/** The most that GitHub gives. */
const pageSize = 100

const timeOf = compileTime(['unix_ms', '%Y-%m-%d %H:%M:%S %z'])

/**
 * The audit log of an organization or enterprise, with its Git events.
 * https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
 * @throws {ConfigError} when `apiUrl` cannot be used
 */
export function githubAuditStream(options: GithubAuditOptions): PollStream {
  const { scope, name, http, secret, now = Date.now } = options
  const apiUrl = parseBaseUrl(options.apiUrl ?? 'https://api.github.com')
  const auth = createAuditAuth({ secret, apiUrl, http, now })
  const what = `GitHub audit log of ${scope} "${name}"`
  const firstPage = `${apiUrl}/${paths[scope]}/${encodeURIComponent(name)}/audit-log`

  const get = async (url: string) => {
    const ask = async (token: string) => ({ token, answer: await http({ url, headers: githubHeaders(token) }) })
    const asked = await ask(await auth.token())
    if (asked.answer.status !== 401) return asked
    const another = await auth.token(asked.token)
    return another === asked.token ? asked : ask(another)
  }

  return {
    id: 'github.audit',
    logType: 'GitHub.Audit',
    order: 'newest-first',
    // No figure is promised; entries were seen to appear behind others by minutes.
    lagSeconds: 300,
    lookBackSeconds: 1800,
    // The filter knows whole seconds, the entries milliseconds.
    granularityMs: 1000,
    // For each user and address: https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/using-the-audit-log-api-for-your-enterprise
    requestsPerHour: 1750,
    limitPeriodSeconds: 3600,
    timeOf: auditTime,
    isSignOfLife: () => true,
    async fetchPage({ cursor, ...window }) {
      const parameters = parametersOf(window)
      const url = cursor ?? `${firstPage}?${parameters}`
      const parsed = URL.parse(url)
      if (!parsed || !sameOrigin(apiUrl, parsed)) {
        throw new CursorError(`${what}: the kept link to the next page does not lead to apiUrl`)
      }
      const { answer, token } = await get(url)
      if (answer.status !== 200) {
        throw auditRefusal(answer, { what, scope, secrets: [token], withCursor: cursor !== undefined })
      }
      const { events, failures } = readEntries(answer, what)
      const link = nextLink(answer.headers.get('link'), url)
      const next = link === undefined ? undefined : withParameters(link, parameters)
      if (next !== undefined && next === cursor) {
        throw new TransientError(`${what}: the link to the next page leads to the same page`)
      }
      return {
        events: events.map(({ event }) => event),
        failures,
        ...(next === undefined ? {} : { next }),
        isFull: events.length + failures.length >= pageSize,
        limits: rateLimits(answer),
      }
    },
  }
}

/** Git events have no `created_at`, old answers no `@timestamp`. */
function auditTime({ '@timestamp': timestamp = null, created_at: createdAt = null }: JsonObject): number | undefined {
  return timeOf(timestamp)?.ms ?? timeOf(createdAt)?.ms
}

/**
 * Both ends of the range belong to it, so it reaches one second further than the window: nothing can fall between
 * windows, whichever way GitHub rounds.
 */
function parametersOf({ from, to }: Pick<PageRequest, 'from' | 'to'>): URLSearchParams {
  const phrase = `created:${filterTime(Math.floor(from / 1000))}..${filterTime(Math.ceil(to / 1000))}`
  return new URLSearchParams({ phrase, include: 'all', order: 'desc', per_page: String(pageSize) })
}

function readEntries({ bytes }: HttpAnswer, what: string): JsonList {
  try {
    return readJsonList(bytes)
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const kind = error.code === 'not_json' ? `${bodyKind(bytes)}, or cut JSON (${error.message})` : error.message
    throw new TransientError(`${what}: the answer is no list of events but ${kind}. If it stays so, check apiUrl`)
  }
}
