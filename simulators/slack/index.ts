import type { Simulators } from '../shared/simulator.ts'
import { startSlackServer } from './server.ts'
import { exampleEnterpriseId, exampleSlackToken, exampleTeamId } from './tokens.ts'

export const simulators: Simulators = {
  'slack-audit': {
    async serve({ options: { enterpriseId }, ...setUp }) {
      const token = { enterpriseId: typeof enterpriseId === 'string' ? enterpriseId : exampleEnterpriseId }
      return { server: await startSlackServer({ ...setUp, shows: 'audit-logs', token }), credential: exampleSlackToken }
    },
  },
  'slack-workspace': {
    async serve({ options: { teamId }, ...setUp }) {
      const token = { teamId: typeof teamId === 'string' ? teamId : exampleTeamId }
      const server = await startSlackServer({ ...setUp, shows: 'integration-logs', token })
      return { server, credential: exampleSlackToken }
    },
  },
}
