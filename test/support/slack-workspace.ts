import { slackAccesslogs } from '../../schemas/generated/slack_accesslogs.ts'
import { type SlackServerOptions, startSlackServer } from '../../simulators/slack/server.ts'
import { exampleSlackToken, exampleTeamId } from '../../simulators/slack/tokens.ts'
import type { StreamFacts } from './polled.ts'
import { workspaceSource } from './shared-sources.ts'

/** The facts of the access logs of `workspaceSource`, with a simulated Slack of which a test knows the options. */
export const workspaceFacts = (options: Partial<SlackServerOptions>): StreamFacts => ({
  type: workspaceSource.type,
  schema: slackAccesslogs,
  stream: 'slack.access-logs',
  order: 'unsorted',
  table: slackAccesslogs.table,
  id: 'user_id',
  lagMs: 0,
  pageSize: 1_000,
  credential: exampleSlackToken,
  settings: { teamId: exampleTeamId },
  async serve({ options: _, ...setUp }) {
    const server = await startSlackServer({ ...setUp, shows: 'integration-logs', ...options })
    return { server, credential: exampleSlackToken }
  },
})
