import { CursorError, TransientError } from '../../core/errors.ts'
import { filterTime } from '../../core/poll/provider/filter-time.ts'
import type { Connect, PageRequest } from '../../core/poll/stream.ts'
import { listIn, rateLimits, tokenExpiry } from './answer.ts'
import { checkOrganization, checkToken } from './check.ts'
import { githubClient } from './client.ts'
import { auditPath } from './log-path.ts'
import { nextLink, withPageSize, withParameters } from './next-link.ts'
import { githubRefusal, type Rights } from './refusal.ts'

const rights: Readonly<Record<'organization' | 'enterprise', Rights>> = {
  organization: {
    token:
      'the scope read:audit_log (a fine-grained token or a GitHub App: the organization permission "Administration: read")',
    check:
      'that the organization is on GitHub Enterprise Cloud, that the token belongs to an owner of the organization',
    settings: 'name and apiUrl',
  },
  enterprise: {
    token: 'the scope read:audit_log (the log of an enterprise takes classic tokens)',
    check:
      'that the enterprise is on GitHub Enterprise Cloud, that the token belongs to an administrator of the enterprise',
    settings: 'name and apiUrl',
  },
}

/**
 * The audit log of an organization or enterprise, with its Git events.
 * https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
 */
export const connect: Connect = ({ options, pageSize, ...connection }) => {
  const scope = options.scope === 'enterprise' ? 'enterprise' : 'organization'
  const name = String(options.name)
  const what = `GitHub audit log of ${scope} "${name}"`
  const client = githubClient(connection)
  const path = auditPath(client.apiUrl, scope, name)
  return {
    async fetchPage({ cursor, size = pageSize, ...window }) {
      const parameters = parametersOf(window, size)
      const url = cursor === undefined ? `${path.url}?${parameters}` : withPageSize(cursor, size)
      const parsed = URL.parse(url)
      if (!parsed || !path.isOf(parsed)) throw new CursorError(`${what}: the link to the next page leads elsewhere`)
      const { answer, token } = await client.get(url)
      if (answer.status !== 200) {
        throw githubRefusal(answer, { what, rights: rights[scope], secrets: [token], withCursor: cursor !== undefined })
      }
      const { events, failures } = listIn(answer, what, 'events')
      const link = nextLink(answer.headers.get('link'), { requested: url, path, secrets: [token] })
      const next = link === undefined ? undefined : withParameters(link, parameters)
      if (next !== undefined && (next === url || next === cursor)) {
        throw new TransientError(`${what}: the link to the next page leads to the same page`)
      }
      return {
        events: events.map(({ event }) => event),
        failures,
        ...(next === undefined ? {} : { next }),
        isFull: events.length + failures.length >= size,
        limits: rateLimits(answer),
        credentialExpiresAt: tokenExpiry(answer, token),
      }
    },
    check: () => (scope === 'organization' ? checkOrganization(client, name, what) : checkToken(client)),
  }
}

/**
 * GitHub's range includes both ends, so it reaches one second beyond the window: whichever way GitHub rounds, no event
 * falls between two windows.
 */
function parametersOf({ from, to }: Pick<PageRequest, 'from' | 'to'>, size: number): URLSearchParams {
  const phrase = `created:${filterTime(Math.floor(from / 1000))}..${filterTime(Math.ceil(to / 1000))}`
  return new URLSearchParams({ phrase, include: 'all', order: 'desc', per_page: String(size) })
}
