import { join } from 'node:path'
import { isObject, type JsonObject } from '../shared/json.ts'
import { type EventSource, inventEvent, type Renewals, readSamples, renew } from '../shared/samples.ts'
import { ownText, pick, randomText, randomUuid } from '../shared/seeded-random.ts'
import { auditEventsOf, auditSource } from './audit-events.ts'

/** One line of a file of the stream. */
export interface StreamEntry {
  /** Copilot usage records come in the same files as events. */
  readonly kind: 'event' | 'usage'
  /** `_document_id` of an event, `<event_id>/<type>` of a usage record. */
  readonly id: string
  /** `@timestamp`, in milliseconds since 1970. */
  readonly time: number
  /** JSON without a newline. */
  readonly line: string
}

/** Of a hundred inventions on average; the others are audit and Git events. */
const percent = { apiRequests: 20, copilotUsage: 8 }

/**
 * Invents the entries of an enterprise's stream: events of two organizations, API requests among them, each alone, and
 * the usage record of a Copilot request with that of its response.
 * https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise
 */
export function streamEntriesOf(enterprise: string): (time: number, random: () => number) => StreamEntry[] {
  const organizations = [`${enterprise}-org`, `${enterprise}-labs`].map((login) => {
    const samples = readSamples(join(import.meta.dirname, 'samples/audit/stream'), { 'example-org': login })
    const { people, renewals } = auditSource({ login, business: enterprise })
    const ofAction = ({ action }: JsonObject) => action === 'api.request'
    return {
      auditEvent: auditEventsOf({ login, business: enterprise }),
      apiRequests: {
        people,
        samples: [...samples.values()].filter(ofAction),
        renewals: { ...renewals, request_id: ({ random }) => requestId(random) },
      } satisfies EventSource,
      usage: [...samples.values()].filter((sample) => !ofAction(sample)),
      people,
    }
  })

  return (time, random) => {
    const { auditEvent, apiRequests, usage, people } = pick(organizations, random)
    const share = random() * 100
    if (share < percent.copilotUsage) {
      const occasion = { time, random, person: pick(people, random), other: pick(people, random) }
      const renewals = usageRenewals(random, `${enterprise} ${time}`)
      return usage.map((sample) => usageEntry(renew(sample, renewals, occasion), time))
    }
    if (share < percent.copilotUsage + percent.apiRequests) {
      return [eventEntry(inventEvent(apiRequests, time, random), time)]
    }
    const { event } = auditEvent(time, random, true)
    return isObject(event) ? [eventEntry(event, time)] : []
  }
}

/** A request and its response have these ids in common. */
function usageRenewals(random: () => number, owner: string): Renewals {
  const eventId = randomUuid(random).slice(0, 24) + ownText(owner, 12, 'hex')
  const githubRequestId = requestId(random)
  return {
    '@timestamp': ({ time }) => time,
    event_id: () => eventId,
    github_request_id: () => githubRequestId,
    user_id: ({ person }) => person.number,
  }
}

function requestId(random: () => number): string {
  return [4, 6, 7, 7, 8].map((length) => randomText(length, '0123456789ABCDEF', random)).join(':')
}

function usageEntry(record: JsonObject, time: number): StreamEntry {
  return { kind: 'usage', id: `${record.event_id}/${record.type}`, time, line: JSON.stringify(record) }
}

/** The stream gives every event some members that the REST API leaves out of most. */
function eventEntry(event: JsonObject, time: number): StreamEntry {
  const streamed = {
    actor_is_bot: false,
    public_repo: event.repository_public ?? false,
    request_category: 'other',
    request_access_security_header: null,
    ...event,
  }
  return { kind: 'event', id: String(event._document_id), time, line: JSON.stringify(streamed) }
}
