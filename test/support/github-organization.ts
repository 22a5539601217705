import { createHttpClient, type HttpClientOptions } from '../../lambdas/core/poll/provider/http.ts'
import {
  exampleGithubToken,
  type GithubAuditServer,
  type GithubAuditServerOptions,
  startGithubAuditServer,
} from '../../simulators/github/audit.ts'
import { started } from './provider.ts'
import { registeredStream } from './registered-stream.ts'

const githubAudit = await registeredStream('github-audit')

export const now = Date.UTC(2026, 0, 15, 10, 30)
export const hour = 3_600_000
export const window = { from: now - 6 * hour, to: now + 1000 }

export const serve = (options: GithubAuditServerOptions = {}): Promise<GithubAuditServer> =>
  started(startGithubAuditServer({ now: () => now, startAt: now - 6 * hour, lateShare: 0, ...options }))

interface Setting {
  readonly scope?: 'organization' | 'enterprise'
  readonly name?: string
  readonly apiUrl?: string
  readonly secret?: string
  readonly http?: HttpClientOptions
}

export function connect(server: GithubAuditServer, setting: Setting = {}) {
  const { secret = exampleGithubToken, http, apiUrl = server.apiUrl, ...options } = setting
  return githubAudit({
    options: { scope: 'organization', name: 'example-org', ...options },
    apiUrl,
    secret: async () => secret,
    http: createHttpClient({ now: () => now, ...http }),
  })
}

export const queryOf = (request: string): URLSearchParams =>
  new URL(request.split(' ')[1] ?? '', 'http://any').searchParams
