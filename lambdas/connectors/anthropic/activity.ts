import { RecordError, TransientError } from '../../core/errors.ts'
import { type JsonList, readJsonList } from '../../core/intake/json-list.ts'
import { isArray } from '../../core/json/json.ts'
import { filterTime } from '../../core/poll/provider/filter-time.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import type { Connect, PageRequest } from '../../core/poll/stream.ts'
import { rateLimits } from './answer.ts'
import { checkEnabled } from './check.ts'
import { anthropicClient } from './client.ts'
import { activityRefusal } from './refusal.ts'

const what = 'Anthropic activity feed'

/**
 * The activity feed of the Compliance API, in ascending order. Cursors never return activities indexed late into a page
 * already read, so windows overlap: https://platform.claude.com/docs/en/manage-claude/compliance-integration-patterns
 */
export const connect: Connect = ({ options: { organizationIds = [] }, pageSize, ...connection }) => {
  const client = anthropicClient(connection)
  const ids = isArray(organizationIds) ? organizationIds.map(String) : []
  return {
    // The API logs each of our own requests as one of these.
    isSignOfLife: ({ type }) => type !== 'compliance_api_accessed',
    async fetchPage(request) {
      const { answer, key } = await client.get(
        'compliance/activities',
        parametersOf(request, ids, request.size ?? pageSize),
      )
      const { cursor } = request
      if (answer.status !== 200) {
        throw activityRefusal(answer, { what, secrets: [key], withCursor: cursor !== undefined })
      }
      const { events, failures, envelope } = readActivities(answer)
      const next = nextOf(envelope, cursor)
      return {
        events: events.map(({ event }) => event),
        failures,
        ...(next === undefined ? {} : { next }),
        limits: rateLimits(answer),
      }
    },
    check: () => checkEnabled(client),
  }
}

function parametersOf(
  { from, to, cursor }: PageRequest,
  organizationIds: readonly string[],
  size: number,
): URLSearchParams {
  const parameters = new URLSearchParams({
    'created_at.gte': filterTime(Math.floor(from / 1000)),
    'created_at.lt': filterTime(Math.ceil(to / 1000)),
    order: 'asc',
    limit: String(size),
  })
  for (const id of organizationIds) parameters.append('organization_ids[]', id)
  if (cursor !== undefined) parameters.append('after_id', cursor)
  return parameters
}

function readActivities({ bytes }: HttpAnswer): JsonList {
  try {
    return readJsonList(bytes, 'data')
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    throw new TransientError(
      `${what}: the answer is not a page of activities: ${error.message}. A proxy in between may have answered, or the ` +
        'answer was cut. If this persists, check apiUrl',
    )
  }
}

/** The cursor to the next page. An unclear answer is an error, because taking it as the end would lose activities. */
function nextOf(
  { has_more: hasMore, last_id: lastId }: JsonList['envelope'],
  cursor: string | undefined,
): string | undefined {
  if (hasMore === false) return undefined
  if (hasMore !== true) throw new TransientError(`${what}: the page does not say whether there are more (has_more)`)
  if (typeof lastId !== 'string' || lastId === '') {
    throw new TransientError(`${what}: there are more activities, but the page has no last_id to go on from`)
  }
  if (lastId === cursor) throw new TransientError(`${what}: the page ends where it began`)
  return lastId
}
