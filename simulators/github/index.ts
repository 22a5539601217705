import { appOf } from '../shared/consent.ts'
import type { Simulators } from '../shared/simulator.ts'
import { exampleGithubToken, startGithubAuditServer } from './audit.ts'
import { startGcsStreamServer } from './audit-stream-gcs.ts'
import { startAuditStreamWriter } from './audit-stream-s3.ts'
import { exampleHookToken, startDeliveryServer } from './deliveries.ts'
import { exampleGithubApp } from './oauth.ts'
import { exampleHook, postDelivery, signDelivery, startGithubWebhookSender } from './webhooks.ts'

export const simulators: Simulators = {
  'github-webhook': {
    send: ({ url, secret, seed }) =>
      startGithubWebhookSender({
        seed,
        deliver: (event, signal) => postDelivery(url, signDelivery({ ...event, secret }), signal),
      }),
    async withRecovery({ url, secret, seed, recovery: { owner, repository, hookId } }) {
      const hook = { ...exampleHook, id: Number(hookId) }
      const server = await startDeliveryServer({
        receiver: { url, secret },
        hook,
        owner: String(owner),
        ...(typeof repository === 'string' && { repository }),
      })
      const send = () =>
        startGithubWebhookSender({
          seed,
          deliver: ({ event, payload }, signal) => {
            // Now and then the receiver is out of reach, so that there is something to recover.
            server.log.isEndpointDown = Math.floor(server.now() / 10_000) % 12 === 0
            return server.log.deliver(event, payload, { signal })
          },
        })
      return { server, credential: exampleHookToken, send }
    },
  },
  'github-audit': {
    needs: ['name'],
    async serve({ options, ...setUp }) {
      const { scope, name } = options
      const oauthApp = appOf(exampleGithubApp, options)
      const owner = scope === 'enterprise' ? { enterprise: String(name) } : { organization: String(name) }
      const server = await startGithubAuditServer({ ...setUp, ...owner, oauthApp })
      return { server, credential: exampleGithubToken, clientSecret: oauthApp.clientSecret }
    },
  },
  'github-audit-stream-s3': {
    needs: ['enterprise'],
    claims: ({ enterprise }) => ({
      issuer: 'https://oidc-configuration.audit-log.githubusercontent.com',
      audience: 'sts.amazonaws.com',
      subject: `https://github.com/${enterprise}`,
    }),
    write: ({ options, ...setUp }) => startAuditStreamWriter({ ...setUp, enterprise: String(options.enterprise) }),
  },
  'github-audit-stream-gcs': {
    needs: ['bucket'],
    async serve({ options: { bucket, audience }, caller, ...setUp }) {
      // Mapped as the page on the source advises, because the names of local functions have any length.
      const pool = { audience: String(audience), identities: caller ? [caller] : [], subject: () => 'reader' }
      const server = await startGcsStreamServer({ ...setUp, bucket: String(bucket), pool })
      return { server, credential: server.keyFile }
    },
  },
}
