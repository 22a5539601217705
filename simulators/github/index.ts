import type { Simulators } from '../shared/simulator.ts'
import { exampleGithubToken, startGithubAuditServer } from './audit.ts'
import { startAuditStreamWriter } from './audit-stream-s3.ts'
import { startGithubWebhookSender } from './webhooks.ts'

export const simulators: Simulators = {
  'github-webhook': {
    send: ({ url, secret, seed }) => startGithubWebhookSender({ url, secret, seed }),
  },
  'github-audit': {
    needs: ['name'],
    async serve({ options: { scope, name }, ...setUp }) {
      const owner = scope === 'enterprise' ? { enterprise: String(name) } : { organization: String(name) }
      return { server: await startGithubAuditServer({ ...setUp, ...owner }), credential: exampleGithubToken }
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
}
