import { appOf } from '../shared/consent.ts'
import type { Simulators } from '../shared/simulator.ts'
import { exampleSlackApp } from './oauth.ts'
import { startSlackServer } from './server.ts'
import { exampleEnterpriseId, exampleSlackToken, exampleTeamId } from './tokens.ts'

export const simulators: Simulators = {
  'slack-audit': {
    async serve({ options, ...setUp }) {
      const { enterpriseId } = options
      const app = appOf(exampleSlackApp, options)
      const token = { enterpriseId: typeof enterpriseId === 'string' ? enterpriseId : exampleEnterpriseId }
      const server = await startSlackServer({ ...setUp, shows: 'audit-logs', token, app })
      return { server, credential: exampleSlackToken, clientSecret: app.clientSecret }
    },
  },
  'slack-workspace': {
    async serve({ options, ...setUp }) {
      const { teamId } = options
      const app = appOf(exampleSlackApp, options)
      const token = { teamId: typeof teamId === 'string' ? teamId : exampleTeamId }
      const server = await startSlackServer({ ...setUp, shows: 'integration-logs', token, app })
      return { server, credential: exampleSlackToken, clientSecret: app.clientSecret }
    },
  },
}
