import { type SlackServer, type SlackServerOptions, startSlackServer } from '../../simulators/slack/server.ts'
import { exampleSlackToken } from '../../simulators/slack/tokens.ts'
import { started } from './provider.ts'

/** The time of the stopped clock, in milliseconds since 1970. */
export const slackNow = Date.UTC(2026, 0, 15, 10, 30)

/** A simulated Slack that invents nothing unless told to. */
export const serveSlack = (options: Partial<SlackServerOptions> = {}): Promise<SlackServer> =>
  started(startSlackServer({ shows: 'audit-logs', now: () => slackNow, eventsPerMinute: 0, ...options }))

export interface AuditBody {
  readonly error?: string
  readonly entries: readonly { readonly id: string; readonly date_create: number }[]
  readonly response_metadata: { readonly next_cursor: string }
}

export interface ListBody {
  readonly error?: string
  readonly logins: readonly {
    readonly user_id: string
    readonly date_first: number
    readonly date_last: number
    readonly count: number
  }[]
  readonly logs: readonly { readonly date: string }[]
  readonly paging: { readonly count: number; readonly page: number; readonly pages: number; readonly total: number }
}

/** Asks the simulator as a client does. */
export async function askSlack<T>(
  { url }: SlackServer,
  path: string,
  query: Readonly<Record<string, string | number>> = {},
  token = exampleSlackToken,
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: T }> {
  const fields = Object.entries(query).map(([name, value]) => [name, String(value)])
  const answer = await fetch(`${url}${path}?${new URLSearchParams(Object.fromEntries(fields))}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) }
}
