import { exampleTeamId } from '../../simulators/slack/tokens.ts'

/** A source of Slack's access and integration logs, in the settings that all tests of polling share. */
export const workspaceSource = { id: 'workspace', type: 'slack-workspace', label: 'Test', teamId: exampleTeamId }
