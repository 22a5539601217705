import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { jsonIn } from '../../lambdas/core/json/forms.ts'
import { allSimulators } from '../../local/simulators.ts'
import { type GcsStreamServer, startGcsStreamServer } from '../../simulators/github/audit-stream-gcs.ts'
import type { JsonObject } from '../../simulators/shared/json.ts'
import type { ProviderSimulator } from '../../simulators/shared/provider-simulator.ts'
import type { SourceLog } from './source-log.ts'

/** A provider that is polled. */
export interface PolledProvider {
  /** The id of the source, which is the name of its type. */
  readonly id: string
  readonly server: ProviderSimulator
  /** What the secret of the source holds. */
  readonly credential: string
  readonly logs: readonly SourceLog[]
  /** Whether events can be inserted. */
  readonly hasFeed: boolean
}

/** The time of providers, and when their logs begin, in milliseconds since 1970. */
export interface FeedTimes {
  readonly now: () => number
  readonly startAt: number
}

const shownRows = z.array(z.object({ id: z.string(), shownAt: z.number() }))
const shownEvents = z.array(z.object({ id: z.string(), event: z.unknown() }))
const accesses = z.array(
  z.object({ user_id: z.string(), ip: z.string().nullable(), user_agent: z.string(), date_first: z.number() }),
)

/** Ids of events in the tables of the feeds that are asked for a time. */
const feedLogs = {
  'github-audit': { table: 'github_audit', id: '_document_id' },
  'slack-audit': { table: 'slack_auditlogs', id: 'id' },
  'anthropic-activity': { table: 'anthropic_activity', id: 'id' },
} as const

/** Starts the provider of every polled source of the storm. */
export async function startPolledProviders({ now, startAt }: FeedTimes, seed: number): Promise<PolledProvider[]> {
  const simulators = await allSimulators()
  const serve = async (type: string, options: JsonObject) => {
    const simulator = simulators.get(type)
    if (simulator === undefined || !('serve' in simulator)) throw new Error(`${type} is not simulated as a feed`)
    return await simulator.serve({ options, seed, now, startAt, eventsPerMinute: 8, lateShare: 0.05 })
  }
  const feeds = Object.entries(feedLogs).map(async ([type, log]): Promise<PolledProvider> => {
    const { server, credential } = await serve(type, { name: 'example-org', enterpriseId: 'E0EXAMPLE1' })
    return {
      id: type,
      server,
      credential,
      hasFeed: true,
      logs: [{ source: type, ...log, ...shownBy(server) }],
    }
  })
  const workspace = async (): Promise<PolledProvider> => {
    const { server, credential } = await serve('slack-workspace', { teamId: 'T0EXAMPLE1' })
    return { id: 'slack-workspace', server, credential, hasFeed: true, logs: workspaceLogs(server) }
  }
  return await Promise.all([...feeds, workspace(), gcsProvider(now, seed)])
}

async function gcsProvider(now: () => number, seed: number): Promise<PolledProvider> {
  const server = await startGcsStreamServer({ now, seed, bucket: 'example-audit-log', enterprise: 'example-gcs' })
  return { id: 'github-stream-gcs', server, credential: server.keyFile, hasFeed: false, logs: [gcsLog(server)] }
}

/** SQL of the id of an entry of the audit-log stream, as the simulated stream counts them. */
export const streamEntryId = "coalesce(_document_id, event_id || '/' || type)"

const streamEntry = z.object({
  _document_id: z.string().optional(),
  event_id: z.string().optional(),
  type: z.string().optional(),
})

/** The entries of a file of the stream by their ids. */
const entriesIn = (file: string): [id: string, text: string][] =>
  file.split('\n').flatMap((line) => {
    if (line === '') return []
    const { _document_id: documentId, event_id: eventId, type } = streamEntry.parse(jsonIn(line))
    return [[documentId ?? `${eventId}/${type}`, line]]
  })

const gcsLog = (server: GcsStreamServer): SourceLog => ({
  source: 'github-stream-gcs',
  table: 'github_audit',
  id: streamEntryId,
  async shown() {
    const { events, usage } = server.objects.expected(server.now())
    // A file holds the entries of the minute before it.
    return new Map([...events, ...usage].map(([id, time]) => [id, time + 60_000]))
  },
  async events() {
    const files = server.objects.at(server.now()).filter(({ name }) => name.endsWith('.json.log.gz'))
    return new Map(files.flatMap(({ bytes }) => entriesIn(gunzipSync(bytes).toString())))
  },
})

const workspaceLogs = (server: ProviderSimulator): SourceLog[] => [
  {
    source: 'slack-workspace',
    table: 'slack_integrationlogs',
    id: 'coalesce(service_id, app_id)',
    ...shownBy(server),
  },
  {
    source: 'slack-workspace',
    table: 'slack_accesslogs',
    id: "concat_ws('|', user_id, coalesce(ip, ''), user_agent, epoch(date_first)::BIGINT)",
    hasVersions: true,
    async shown() {
      const rows = accesses.parse(await ask(server, '/_access'))
      const idOf = (row: (typeof rows)[number]) => [row.user_id, row.ip ?? '', row.user_agent, row.date_first].join('|')
      return new Map(rows.map((row) => [idOf(row), row.date_first * 1_000]))
    },
  },
]

/** What a feed has shown, as its control endpoint says. */
const shownBy = (server: ProviderSimulator) =>
  ({
    async shown() {
      return new Map(shownRows.parse(await ask(server, '/_control/ids')).map(({ id, shownAt }) => [id, shownAt]))
    },
    async events() {
      const rows = shownEvents.parse(await ask(server, '/_control/events'))
      return new Map(rows.map(({ id, event }) => [id, JSON.stringify(event)]))
    },
  }) satisfies Partial<SourceLog>

/** Controls a provider; see `simulators/shared/simulator-control.ts`. */
export async function control(server: ProviderSimulator, order: JsonObject): Promise<void> {
  await ask(server, '/_control', order)
}

async function ask(server: ProviderSimulator, path: string, order?: JsonObject): Promise<unknown> {
  const init = order === undefined ? {} : { method: 'POST', body: JSON.stringify(order) }
  const answer = await fetch(`${server.url}${path}`, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`a simulated provider refused an order: ${text}`)
  return jsonIn(text)
}
