/** A source of every type that can be simulated; webhooks of GitHub with the recovery of failed deliveries. */
export const stormSettings = `sources:
  - {id: github-webhooks, type: github-webhook, label: Webhooks, recovery: {owner: octocoders, hookId: 109948940}}
  - {id: hex-audit, type: hex-webhook, label: Hex}
  - {id: github-audit, type: github-audit, label: GitHub, name: example-org}
  - {id: github-stream, type: github-audit-stream-s3, label: GitHub stream, enterprise: example-enterprise}
  - {id: github-stream-gcs, type: github-audit-stream-gcs, label: GitHub stream by GCS, bucket: example-audit-log}
  - {id: slack-audit, type: slack-audit, label: Slack, enterpriseId: E0EXAMPLE1}
  - {id: slack-workspace, type: slack-workspace, label: Slack workspace, teamId: T0EXAMPLE1}
  - {id: anthropic-activity, type: anthropic-activity, label: Anthropic}
`
