import { TransientError } from '../../core/errors.ts'
import { isObject } from '../../core/json/json.ts'
import type { Connect, PageRequest } from '../../core/poll/stream.ts'
import { listIn } from './answer.ts'
import { checkAuditToken } from './check.ts'
import { slackClient } from './client.ts'

const what = 'Slack audit logs'
const scope = 'auditlogs:read'

/**
 * The audit log of an organization, newest first.
 * https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference
 */
export const connect: Connect = ({ options, pageSize, ...connection }) => {
  const client = slackClient(connection, 'https://api.slack.com')
  return {
    async fetchPage(request) {
      const { cursor } = request
      const asked = await client.get('/audit/v1/logs', parametersOf(request, request.size ?? pageSize))
      const list = listIn(asked, 'entries', { what, scope, withCursor: cursor !== undefined })
      const { response_metadata: metadata } = list.envelope
      const next = metadata !== undefined && isObject(metadata) ? metadata.next_cursor : undefined
      if (next !== undefined && next !== null && typeof next !== 'string') {
        throw new TransientError(`${what}: the cursor to the next page cannot be read`)
      }
      if (next && next === cursor) throw new TransientError(`${what}: the page ends where it began`)
      return {
        events: list.events.map(({ event }) => event),
        failures: list.failures,
        ...(next && { next }),
      }
    },
    check: () => checkAuditToken(client, { what, scope, enterpriseId: options.enterpriseId }),
  }
}

/**
 * Both ends are inclusive, in whole seconds. The window is repeated with each cursor, because Slack does not remember
 * it: a cursor alone would walk through the whole history.
 */
function parametersOf({ from, to, cursor }: PageRequest, size: number): URLSearchParams {
  return new URLSearchParams({
    oldest: String(Math.floor(from / 1000)),
    latest: String(Math.ceil(to / 1000)),
    limit: String(size),
    ...(cursor !== undefined && { cursor }),
  })
}
