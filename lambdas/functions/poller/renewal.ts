import { oauthApps } from '../../connectors/generated/oauth.ts'
import { registered } from '../../connectors/registry.ts'
import { AuthError } from '../../core/errors.ts'
import { createRenewal, type Renewal } from '../../core/oauth/renewal.ts'
import { renewalKey } from '../../core/oauth/renewal-lease.ts'
import { reportRenewal } from '../../core/oauth/renewal-report.ts'
import { stateFolder } from '../../core/poll/past/job.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import type { SourcePorts } from '../../core/poll/source-ports.ts'
import type { SecretStore, SecretWriter } from '../../core/ports.ts'

/** The operator's app, with which tokens are renewed. */
export interface RenewingApp {
  readonly clientId: string
  readonly clientSecretId: string
}

/** Renews the token of a source whose secret holds one that expires. */
export async function renewalOf(
  sourceType: string,
  { clientId, clientSecretId }: RenewingApp,
  ports: Pick<SourcePorts, 'source' | 'webUrl' | 'ops' | 'logger' | 'metrics'> & {
    readonly secretId: string
    readonly secrets: SecretStore
    readonly tokens: SecretWriter
  },
): Promise<Renewal> {
  const { source, webUrl, ops, secretId, secrets, tokens } = ports
  // Shorter than the lease, and enough for three attempts within a run.
  const http = createHttpClient({ timeoutMs: 8_000 })
  const { facts, connect } = await registered(oauthApps, sourceType)
  const app = connect({ options: source.options, clientId, scopes: facts.scopes, http, ...(webUrl && { webUrl }) })
  return createRenewal({
    secretId,
    secrets,
    tokens,
    ops,
    leaseKey: renewalKey(stateFolder(source.id)),
    async renew(refreshToken) {
      const clientSecret = (await secrets.read(clientSecretId, 'AWSCURRENT'))?.value.trim()
      if (!clientSecret) throw new AuthError(`put the client secret of the app into ${clientSecretId}`)
      if (!app.renew) throw new TypeError(`tokens of ${sourceType} are not renewed`)
      return await app.renew({ refreshToken, clientSecret })
    },
    report: (error) => reportRenewal(source.id, error, ports.logger, ports.metrics),
  })
}
