import { TransientError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ObjectStream, StreamConfiguration } from '../../core/stream/stream.ts'
import { listIn } from './answer.ts'
import { githubClient } from './client.ts'
import { streamsRefusal } from './refusal.ts'

/**
 * The audit-log stream of an enterprise, which GitHub writes into a bucket.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise
 */
export const stream: ObjectStream = {
  isLeftOut: (event, { copilotUsage }) => copilotUsage === 'leave-out' && isCopilotUsage(event),

  async readConfiguration({ options, ...connection }) {
    const enterprise = String(options.enterprise)
    const what = `streams of the enterprise "${enterprise}"`
    const client = githubClient(connection)
    const url = `${client.apiUrl}/enterprises/${encodeURIComponent(enterprise)}/audit-log/streams`
    const { answer, token } = await client.get(url)
    if (answer.status !== 200) throw streamsRefusal(answer, what, [token])
    const { events } = listIn(answer, what, 'streams')
    if (events.length === 0) throw new TransientError(`${what}: GitHub lists none`)
    return events.map(({ event }) => configurationOf(event))
  },
}

/**
 * Records of Copilot's usage arrive in the same objects if the enterprise has asked for them. They have neither action
 * nor document id, and their text can hold prompts.
 * https://docs.github.com/en/copilot/reference/enterprise-administrators/agentic-audit-log-events
 */
const isCopilotUsage = (event: JsonObject): boolean =>
  event.action === undefined &&
  event._document_id === undefined &&
  typeof event.event_id === 'string' &&
  (event.type === 'request' || event.type === 'response')

/** https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/audit-log */
function configurationOf(event: JsonObject): StreamConfiguration {
  const { id, stream_type: type, stream_details: details, enabled, paused_at: paused } = event
  const pausedAt = typeof paused === 'string' ? Date.parse(paused) : Number.NaN
  return {
    id: String(id),
    destination: [type, details].filter((part) => typeof part === 'string').join(': '),
    enabled: enabled !== false,
    ...(!Number.isNaN(pausedAt) && { pausedAt }),
  }
}
