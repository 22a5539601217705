import { exampleGithubApp } from '../../simulators/github/oauth.ts'
import { exampleSlackApp } from '../../simulators/slack/oauth.ts'
import { exampleEnterpriseId, exampleTeamId } from '../../simulators/slack/tokens.ts'

/** Sources with something special, in the settings that all tests of polling share. */

/** Slack's access and integration logs. */
export const workspaceSource = { id: 'workspace', type: 'slack-workspace', label: 'Test', teamId: exampleTeamId }

/** Sources whose credential people give by consent. */
export const slackConsent = {
  id: 'slack-consent',
  type: 'slack-audit',
  label: 'Test',
  enterpriseId: exampleEnterpriseId,
  oauth: { clientId: exampleSlackApp.clientId },
}
export const githubConsent = {
  id: 'github-consent',
  type: 'github-audit',
  label: 'Test',
  name: 'example-org',
  oauth: { clientId: exampleGithubApp.clientId },
}
