import { RecordError, TransientError } from '../../core/errors.ts'
import { type JsonList, readJsonList } from '../../core/intake/json-list.ts'
import { compileTime } from '../../core/normalize/time.ts'
import { parseBaseUrl } from '../../core/poll/provider/base-url.ts'
import { headerToken, parseCredential } from '../../core/poll/provider/credential-text.ts'
import { filterTime } from '../../core/poll/provider/filter-time.ts'
import type { HttpAnswer, HttpClient } from '../../core/poll/provider/http.ts'
import type { PageRequest, PollStream } from '../../core/poll/stream.ts'
import { activityRefusal, rateLimits } from './answer.ts'

export interface AnthropicActivityOptions {
  /** `org_…` ids or UUIDs whose activities are wanted; all when empty. @default [] */
  readonly organizationIds?: readonly string[]
  /** @default 'https://api.anthropic.com' */
  readonly apiUrl?: string
  /** Reads the source's secret: a key, or JSON `{"apiKey": "…"}`. */
  readonly secret: () => Promise<string>
  readonly http: HttpClient
  /** Activities of one page, 1 to 5,000. @default 1,000 */
  readonly pageSize?: number
}

const remedy = 'store a Compliance Access Key or an Admin API key alone or as {"apiKey": "…"}'

const timeOf = compileTime(['rfc3339'])

/**
 * The activity feed of the Compliance API, in ascending order. What is indexed behind a page already read never comes by
 * a cursor, so windows overlap: https://platform.claude.com/docs/en/manage-claude/compliance-integration-patterns
 * @throws {ConfigError} when `apiUrl` cannot be used
 */
export function anthropicActivityStream(options: AnthropicActivityOptions): PollStream {
  const { organizationIds = [], http, secret, pageSize = 1000 } = options
  const what = 'Anthropic activity feed'
  const feed = `${parseBaseUrl(options.apiUrl ?? 'https://api.anthropic.com')}/v1/compliance/activities`
  return {
    id: 'anthropic.activity',
    logType: 'Anthropic.Activity',
    order: 'oldest-first',
    // Said to be there within one minute; activities were seen later.
    lagSeconds: 180,
    lookBackSeconds: 1800,
    granularityMs: 1000,
    // For each parent organization, shared by all keys: https://platform.claude.com/docs/en/manage-claude/compliance-errors
    requestsPerHour: 600 * 60,
    limitPeriodSeconds: 60,
    timeOf: ({ created_at: createdAt = null }) => timeOf(createdAt)?.ms,
    // Each of our own requests makes one of these.
    isSignOfLife: ({ type }) => type !== 'compliance_api_accessed',
    async fetchPage(request) {
      const key = keyOf(await secret())
      const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01', 'user-agent': 'AuditLake' }
      const answer = await http({ url: `${feed}?${parametersOf(request, organizationIds, pageSize)}`, headers })
      const { cursor } = request
      if (answer.status !== 200) {
        throw activityRefusal(answer, { what, secrets: [key], withCursor: cursor !== undefined })
      }
      const { events, failures, envelope } = readActivities(answer, what)
      const next = nextOf(envelope, cursor, what)
      return {
        events: events.map(({ event }) => event),
        failures,
        ...(next === undefined ? {} : { next }),
        limits: rateLimits(answer),
      }
    },
  }
}

function keyOf(secret: string): string {
  const credential = parseCredential(secret, remedy)
  return headerToken(typeof credential === 'string' ? credential : credential.apiKey, 'key', remedy)
}

function parametersOf(
  { from, to, cursor }: PageRequest,
  organizationIds: readonly string[],
  pageSize: number,
): URLSearchParams {
  const parameters = new URLSearchParams({
    'created_at.gte': filterTime(Math.floor(from / 1000)),
    'created_at.lt': filterTime(Math.ceil(to / 1000)),
    order: 'asc',
    limit: String(pageSize),
  })
  for (const id of organizationIds) parameters.append('organization_ids[]', id)
  if (cursor !== undefined) parameters.append('after_id', cursor)
  return parameters
}

function readActivities({ bytes }: HttpAnswer, what: string): JsonList {
  try {
    return readJsonList(bytes, 'data')
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new TransientError(
      `${what}: the answer is no page of activities: ${error.message}. A proxy in between may have answered, or the ` +
        'answer was cut. If it stays so, check apiUrl',
    )
  }
}

/** Where the feed goes on. An answer that leaves it open is not taken as the end, which would lose what follows. */
function nextOf(
  { has_more: hasMore, last_id: lastId }: JsonList['envelope'],
  cursor: string | undefined,
  what: string,
): string | undefined {
  if (hasMore === false) return undefined
  if (hasMore !== true) throw new TransientError(`${what}: the page does not say whether there are more (has_more)`)
  if (typeof lastId !== 'string' || lastId === '') {
    throw new TransientError(`${what}: there are more activities, but the page has no last_id to go on from`)
  }
  if (lastId === cursor) throw new TransientError(`${what}: the page ends where it began`)
  return lastId
}
