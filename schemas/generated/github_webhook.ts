// Generated from schemas/github/webhook.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { StandardColumns } from './standard-columns.ts'

export const githubWebhook: LogSchema = {
  logType: 'GitHub.Webhook',
  table: 'github_webhook',
  version: 2,
  reference: 'https://docs.github.com/en/webhooks/webhook-events-and-payloads',
  eventTime: [],
  key: [
    [
      { part: 'attribute', column: 'p_webhook_hook_id' },
      { part: 'attribute', column: 'p_webhook_delivery' },
      { part: 'canonical' },
    ],
    [{ part: 'source' }, { part: 'canonical' }],
  ],
  attributes: [{ column: 'p_webhook_event' }, { column: 'p_webhook_delivery' }, { column: 'p_webhook_hook_id' }],
  fields: [
    { name: 'action', column: 'action', type: 'string' },
    { name: 'target_type', column: 'target_type', type: 'string' },
    { name: 'ref', column: 'ref', type: 'string' },
    { name: 'commit_oid', column: 'commit_oid', type: 'string', indicators: ['sha1'] },
    { name: 'branch', column: 'branch', type: 'string' },
    { name: 'master_branch', column: 'master_branch', type: 'string' },
    { name: 'pusher_type', column: 'pusher_type', type: 'string' },
    { name: 'ref_type', column: 'ref_type', type: 'string' },
    { name: 'hook_id', column: 'hook_id', type: 'string' },
    { name: 'base_ref', column: 'base_ref', type: 'string' },
    { name: 'before', column: 'before', type: 'string', indicators: ['sha1'] },
    { name: 'after', column: 'after', type: 'string', indicators: ['sha1'] },
    { name: 'number', column: 'number', type: 'string' },
    { name: 'compare', column: 'compare', type: 'string' },
    { name: 'forced', column: 'forced', type: 'boolean' },
    { name: 'created', column: 'created', type: 'boolean' },
    { name: 'deleted', column: 'deleted', type: 'boolean' },
    {
      name: 'sender',
      column: 'sender',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
      required: true,
    },
    { name: 'repository', column: 'repository', type: 'json' },
    { name: 'repository_ruleset', column: 'repository_ruleset', type: 'json' },
    { name: 'organization', column: 'organization', type: 'json' },
    {
      name: 'installation',
      column: 'installation',
      type: 'json',
      memberIndicators: { 'suspended_by.login': ['username'], 'suspended_by.id': ['actor_id'] },
    },
    { name: 'enterprise', column: 'enterprise', type: 'json' },
    { name: 'rule', column: 'rule', type: 'json' },
    { name: 'check_run', column: 'check_run', type: 'json', memberIndicators: { head_sha: ['sha1'] } },
    {
      name: 'check_suite',
      column: 'check_suite',
      type: 'json',
      memberIndicators: {
        head_sha: ['sha1'],
        before: ['sha1'],
        after: ['sha1'],
        'head_commit.id': ['sha1'],
        'head_commit.author.username': ['username'],
        'head_commit.author.email': ['email'],
        'head_commit.committer.username': ['username'],
        'head_commit.committer.email': ['email'],
      },
    },
    {
      name: 'alert',
      column: 'alert',
      type: 'json',
      memberIndicators: {
        'dismissed_by.login': ['username'],
        'dismissed_by.id': ['actor_id'],
        'dismisser.login': ['username'],
        'dismisser.id': ['actor_id'],
        'resolved_by.login': ['username'],
        'resolved_by.id': ['actor_id'],
        'push_protection_bypassed_by.login': ['username'],
        'push_protection_bypassed_by.id': ['actor_id'],
        'instances.commit_sha': ['sha1'],
        'most_recent_instance.commit_sha': ['sha1'],
      },
    },
    {
      name: 'comment',
      column: 'comment',
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'], commit_id: ['sha1'] },
    },
    { name: 'description', column: 'description', type: 'json' },
    { name: 'key', column: 'key', type: 'json', memberIndicators: { added_by: ['username'] } },
    {
      name: 'deployment',
      column: 'deployment',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'], sha: ['sha1'] },
    },
    { name: 'workflow', column: 'workflow', type: 'json' },
    {
      name: 'workflow_run',
      column: 'workflow_run',
      type: 'json',
      memberIndicators: {
        'actor.login': ['username'],
        'actor.id': ['actor_id'],
        'triggering_actor.login': ['username'],
        'triggering_actor.id': ['actor_id'],
        head_sha: ['sha1'],
        'head_commit.id': ['sha1'],
        'head_commit.author.username': ['username'],
        'head_commit.author.email': ['email'],
        'head_commit.committer.username': ['username'],
        'head_commit.committer.email': ['email'],
      },
    },
    { name: 'workflow_job', column: 'workflow_job', type: 'json', memberIndicators: { head_sha: ['sha1'] } },
    { name: 'environment', column: 'environment', type: 'json' },
    { name: 'event', column: 'event', type: 'json' },
    { name: 'deployment_callback_url', column: 'deployment_callback_url', type: 'json' },
    { name: 'pull_requests', column: 'pull_requests', type: 'json' },
    {
      name: 'pull_request',
      column: 'pull_request',
      type: 'json',
      memberIndicators: {
        'user.login': ['username'],
        'user.id': ['actor_id'],
        'assignees.login': ['username'],
        'assignees.id': ['actor_id'],
        'requested_reviewers.login': ['username'],
        'requested_reviewers.id': ['actor_id'],
        'merged_by.login': ['username'],
        'merged_by.id': ['actor_id'],
        'head.sha': ['sha1'],
        'base.sha': ['sha1'],
        merge_commit_sha: ['sha1'],
      },
    },
    {
      name: 'review',
      column: 'review',
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'], commit_id: ['sha1'] },
    },
    {
      name: 'thread',
      column: 'thread',
      type: 'json',
      memberIndicators: {
        'comments.user.login': ['username'],
        'comments.user.id': ['actor_id'],
        'comments.commit_id': ['sha1'],
      },
    },
    { name: 'assignee', column: 'assignee', type: 'json', memberIndicators: { login: ['username'], id: ['actor_id'] } },
    { name: 'approver', column: 'approver', type: 'json', memberIndicators: { login: ['username'], id: ['actor_id'] } },
    {
      name: 'deployment_status',
      column: 'deployment_status',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'discussion',
      column: 'discussion',
      type: 'json',
      memberIndicators: {
        'user.login': ['username'],
        'user.id': ['actor_id'],
        'answer_chosen_by.login': ['username'],
        'answer_chosen_by.id': ['actor_id'],
      },
    },
    {
      name: 'answer',
      column: 'answer',
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    { name: 'forkee', column: 'forkee', type: 'json' },
    { name: 'pages', column: 'pages', type: 'json', memberIndicators: { sha: ['sha1'] } },
    { name: 'repositories', column: 'repositories', type: 'json' },
    {
      name: 'requester',
      column: 'requester',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    { name: 'repositories_added', column: 'repositories_added', type: 'json' },
    { name: 'repositories_removed', column: 'repositories_removed', type: 'json' },
    { name: 'repositories_selection', column: 'repositories_selection', type: 'string' },
    {
      name: 'changes',
      column: 'changes',
      type: 'json',
      memberIndicators: { 'owner.from.user.login': ['username'], 'owner.from.user.id': ['actor_id'] },
    },
    {
      name: 'issue',
      column: 'issue',
      type: 'json',
      memberIndicators: {
        'user.login': ['username'],
        'user.id': ['actor_id'],
        'assignees.login': ['username'],
        'assignees.id': ['actor_id'],
      },
    },
    { name: 'label', column: 'label', type: 'json' },
    { name: 'team', column: 'team', type: 'json' },
    { name: 'hook', column: 'hook', type: 'json', memberIndicators: { 'config.url': ['url'] } },
    {
      name: 'release',
      column: 'release',
      type: 'json',
      memberIndicators: { 'author.login': ['username'], 'author.id': ['actor_id'] },
    },
    {
      name: 'repository_advisory',
      column: 'repository_advisory',
      type: 'json',
      memberIndicators: {
        'author.login': ['username'],
        'author.id': ['actor_id'],
        'publisher.login': ['username'],
        'publisher.id': ['actor_id'],
      },
    },
    { name: 'location', column: 'location', type: 'json' },
    { name: 'security_advisory', column: 'security_advisory', type: 'json' },
    { name: 'inputs', column: 'inputs', type: 'json' },
    { name: 'status', column: 'status', type: 'json' },
    { name: 'pusher', column: 'pusher', type: 'json', memberIndicators: { name: ['username'], email: ['email'] } },
    {
      name: 'head_commit',
      column: 'head_commit',
      type: 'json',
      memberIndicators: {
        id: ['sha1'],
        'author.username': ['username'],
        'author.email': ['email'],
        'committer.username': ['username'],
        'committer.email': ['email'],
      },
    },
    {
      name: 'commits',
      column: 'commits',
      type: 'json',
      memberIndicators: {
        id: ['sha1'],
        'author.username': ['username'],
        'author.email': ['email'],
        'committer.username': ['username'],
        'committer.email': ['email'],
      },
    },
    {
      name: 'commit',
      column: 'commit',
      type: 'json',
      memberIndicators: {
        sha: ['sha1'],
        'author.login': ['username'],
        'author.id': ['actor_id'],
        'committer.login': ['username'],
        'committer.id': ['actor_id'],
        'commit.author.email': ['email'],
        'commit.committer.email': ['email'],
      },
    },
    { name: 'sha', column: 'sha', type: 'string', indicators: ['sha1'] },
    { name: 'state', column: 'state', type: 'string' },
    { name: 'context', column: 'context', type: 'string' },
    {
      name: 'member',
      column: 'member',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
    },
    {
      name: 'membership',
      column: 'membership',
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    {
      name: 'blocked_user',
      column: 'blocked_user',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'invitation',
      column: 'invitation',
      type: 'json',
      memberIndicators: {
        login: ['username'],
        email: ['email'],
        'inviter.login': ['username'],
        'inviter.id': ['actor_id'],
      },
    },
    {
      name: 'user',
      column: 'user',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
    },
    {
      name: 'package',
      column: 'package',
      type: 'json',
      memberIndicators: { 'package_version.author.login': ['username'], 'package_version.author.id': ['actor_id'] },
    },
    {
      name: 'build',
      column: 'build',
      type: 'json',
      memberIndicators: { 'pusher.login': ['username'], 'pusher.id': ['actor_id'], commit: ['sha1'] },
    },
    {
      name: 'personal_access_token_request',
      column: 'personal_access_token_request',
      type: 'json',
      memberIndicators: { 'owner.login': ['username'], 'owner.id': ['actor_id'] },
    },
    { name: 'zen', column: 'zen', type: 'string' },
    {
      name: 'project',
      column: 'project',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'project_card',
      column: 'project_card',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    { name: 'project_column', column: 'project_column', type: 'json' },
    {
      name: 'projects_v2',
      column: 'projects_v2',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'projects_v2_item',
      column: 'projects_v2_item',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'registry_package',
      column: 'registry_package',
      type: 'json',
      memberIndicators: { 'package_version.author.login': ['username'], 'package_version.author.id': ['actor_id'] },
    },
    { name: 'client_payload', column: 'client_payload', type: 'json' },
    {
      name: 'sponsorship',
      column: 'sponsorship',
      type: 'json',
      memberIndicators: {
        'sponsor.login': ['username'],
        'sponsor.id': ['actor_id'],
        'sponsorable.login': ['username'],
        'sponsorable.id': ['actor_id'],
        'maintainer.login': ['username'],
        'maintainer.id': ['actor_id'],
      },
    },
    {
      name: 'marketplace_purchase',
      column: 'marketplace_purchase',
      type: 'json',
      memberIndicators: { 'account.organization_billing_email': ['email'] },
    },
    {
      name: 'previous_marketplace_purchase',
      column: 'previous_marketplace_purchase',
      type: 'json',
      memberIndicators: { 'account.organization_billing_email': ['email'] },
    },
    { name: 'effective_date', column: 'effective_date', type: 'string' },
    { name: 'repository_selection', column: 'repository_selection', type: 'string' },
    { name: 'account', column: 'account', type: 'json' },
    {
      name: 'milestone',
      column: 'milestone',
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    { name: 'id', column: 'id', type: 'string' },
    { name: 'name', column: 'name', type: 'string' },
    { name: 'target_url', column: 'target_url', type: 'string' },
    { name: 'avatar_url', column: 'avatar_url', type: 'string' },
    { name: 'branches', column: 'branches', type: 'json', memberIndicators: { 'commit.sha': ['sha1'] } },
    { name: 'created_at', column: 'created_at', type: 'timestamp', formats: ['rfc3339'] },
    { name: 'updated_at', column: 'updated_at', type: 'timestamp', formats: ['rfc3339'] },
    { name: 'scope', column: 'scope', type: 'string' },
    {
      name: 'merge_group',
      column: 'merge_group',
      type: 'json',
      memberIndicators: {
        head_sha: ['sha1'],
        base_sha: ['sha1'],
        'head_commit.id': ['sha1'],
        'head_commit.author.email': ['email'],
        'head_commit.committer.email': ['email'],
      },
    },
    { name: 'reason', column: 'reason', type: 'string' },
    { name: 'starred_at', column: 'starred_at', type: 'timestamp', formats: ['rfc3339'] },
    {
      name: 'requested_reviewer',
      column: 'requested_reviewer',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    { name: 'requested_team', column: 'requested_team', type: 'json' },
    { name: 'requested_action', column: 'requested_action', type: 'json' },
    {
      name: 'requestor',
      column: 'requestor',
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'reviewers',
      column: 'reviewers',
      type: 'json',
      memberIndicators: { 'reviewer.login': ['username'], 'reviewer.id': ['actor_id'] },
    },
    { name: 'since', column: 'since', type: 'string' },
    { name: 'workflow_job_run', column: 'workflow_job_run', type: 'json' },
    { name: 'workflow_job_runs', column: 'workflow_job_runs', type: 'json' },
    {
      name: 'old_answer',
      column: 'old_answer',
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    { name: 'definition', column: 'definition', type: 'json' },
    { name: 'new_property_values', column: 'new_property_values', type: 'json' },
    { name: 'old_property_values', column: 'old_property_values', type: 'json' },
  ],
}

/** A row of github_webhook; a column that is null is left out. */
export type GithubWebhookRow = StandardColumns & {
  /** Name of the event, such as push, from the header X-GitHub-Event, which is not signed */
  readonly p_webhook_event?: string
  /** GUID of the event, from the header X-GitHub-Delivery; redeliveries and other hooks repeat it; not signed */
  readonly p_webhook_delivery?: string
  /** Id of the webhook that delivered it, from the header X-GitHub-Hook-ID, which is not signed */
  readonly p_webhook_hook_id?: string
  /** What was done to the subject, such as created or deleted; absent in events that have only one meaning, such as push */
  readonly action?: string
  /** Kind of account that was renamed, in installation_target events */
  readonly target_type?: string
  /** Git ref concerned: full (refs/heads/main) in push, the short name in create and delete */
  readonly ref?: string
  /** Commit that a code scanning alert was raised on; empty text when unknown */
  readonly commit_oid?: string
  /** Branch that a repository_dispatch event runs against */
  readonly branch?: string
  /** Default branch of the repository, in create events */
  readonly master_branch?: string
  /** Who created or deleted the ref: user or deploy_key */
  readonly pusher_type?: string
  /** What was created or deleted: branch or tag */
  readonly ref_type?: string
  /** Id of the webhook that a ping or meta event is about; a number on the wire, text here */
  readonly hook_id?: string
  /** Ref that a pushed branch was started from, if GitHub knows it */
  readonly base_ref?: string
  /** Commit that the ref pointed to before the push; all zeros when the ref is new */
  readonly before?: string
  /** Commit that the ref points to after the push; all zeros when the ref was deleted */
  readonly after?: string
  /** Number of the pull request in its repository; a number on the wire, text here */
  readonly number?: string
  /** Address that shows the pushed change in a browser */
  readonly compare?: string
  /** Whether the push replaced history instead of adding to it */
  readonly forced?: boolean
  /** Whether the push created the ref */
  readonly created?: boolean
  /** Whether the push deleted the ref */
  readonly deleted?: boolean
  /** Account that caused the event; missing in some, such as security_advisory */
  readonly sender?: string
  /** Repository in which it happened */
  readonly repository?: string
  /** Ruleset that was created, edited or deleted */
  readonly repository_ruleset?: string
  /** Organization that owns the webhook or the repository */
  readonly organization?: string
  /** GitHub App installation that the event is delivered for */
  readonly installation?: string
  /** Enterprise account around the organization */
  readonly enterprise?: string
  /** Branch protection rule that was created, edited or deleted */
  readonly rule?: string
  /** Check run that changed, or that a deployment status comes from */
  readonly check_run?: string
  /** Check suite that changed */
  readonly check_suite?: string
  /** Code scanning, secret scanning, Dependabot or vulnerability alert that changed */
  readonly alert?: string
  /** Comment on a commit, issue, pull request or discussion */
  readonly comment?: string
  /** Description of the repository (create) or of the commit status (status); text or null */
  readonly description?: string
  /** Deploy key that was added or removed */
  readonly key?: string
  /** Deployment that was requested, reviewed or has a new status */
  readonly deployment?: string
  /** Workflow concerned: an object, its file path or null, depending on the event */
  readonly workflow?: string
  /** Run of a GitHub Actions workflow */
  readonly workflow_run?: string
  /** Job inside a workflow run */
  readonly workflow_job?: string
  /** Environment that a deployment waits for or a protection rule guards */
  readonly environment?: string
  /** Event that triggered the deployment which a protection rule judges */
  readonly event?: string
  /** Address at which a protection rule approves or rejects the deployment */
  readonly deployment_callback_url?: string
  /** Pull requests that belong to the deployment under judgement */
  readonly pull_requests?: string
  /** Pull request concerned */
  readonly pull_request?: string
  /** Review of a pull request */
  readonly review?: string
  /** Review thread that was resolved or reopened */
  readonly thread?: string
  /** Account that was assigned or unassigned */
  readonly assignee?: string
  /** Account that approved or rejected a deployment */
  readonly approver?: string
  /** New status of a deployment */
  readonly deployment_status?: string
  /** Discussion concerned */
  readonly discussion?: string
  /** Comment that was chosen as the answer of a discussion */
  readonly answer?: string
  /** Repository that the fork created */
  readonly forkee?: string
  /** Wiki pages that were created or edited */
  readonly pages?: string
  /** Repositories that an app installation could reach when it changed */
  readonly repositories?: string
  /** Account that asked for the app installation; null when an owner installed it */
  readonly requester?: string
  /** Repositories that an app installation gained */
  readonly repositories_added?: string
  /** Repositories that an app installation lost */
  readonly repositories_removed?: string
  /** Kept for queries that use this name; GitHub sends repository_selection */
  readonly repositories_selection?: string
  /** Values before an edit, by name of what was changed */
  readonly changes?: string
  /** Issue concerned */
  readonly issue?: string
  /** Label that was created, edited, deleted, added or removed */
  readonly label?: string
  /** Team concerned */
  readonly team?: string
  /** Settings of the webhook that a ping or meta event is about */
  readonly hook?: string
  /** Release concerned */
  readonly release?: string
  /** Security advisory of a repository that was reported or published */
  readonly repository_advisory?: string
  /** Place where a leaked secret was found */
  readonly location?: string
  /** Advisory of the GitHub Advisory Database */
  readonly security_advisory?: string
  /** Inputs given to a workflow that was started by hand */
  readonly inputs?: string
  /** Outcome of a repository import */
  readonly status?: string
  /** Name and e-mail address of the account or key that pushed */
  readonly pusher?: string
  /** Newest commit of the push; null when the ref was deleted */
  readonly head_commit?: string
  /** Commits of the push, at most the newest 2048 */
  readonly commits?: string
  /** Commit that a status was set on */
  readonly commit?: string
  /** Id of the commit that a status was set on */
  readonly sha?: string
  /** New state of a commit status: pending, success, failure or error */
  readonly state?: string
  /** Name of the service or check that set a commit status */
  readonly context?: string
  /** Account that joined or left a repository or team */
  readonly member?: string
  /** Organization membership that changed */
  readonly membership?: string
  /** Account that was blocked or unblocked by the organization */
  readonly blocked_user?: string
  /** Invitation to join the organization */
  readonly invitation?: string
  /** Account that was invited or that a membership change concerns */
  readonly user?: string
  /** Package that was published or updated */
  readonly package?: string
  /** GitHub Pages build and its outcome */
  readonly build?: string
  /** Request of a fine-grained personal access token for organization resources */
  readonly personal_access_token_request?: string
  /** Line of GitHub's design philosophy, sent with ping only */
  readonly zen?: string
  /** Classic project concerned */
  readonly project?: string
  /** Card of a classic project */
  readonly project_card?: string
  /** Column of a classic project */
  readonly project_column?: string
  /** Project concerned */
  readonly projects_v2?: string
  /** Item of a project */
  readonly projects_v2_item?: string
  /** Package of GitHub Packages that was published or updated */
  readonly registry_package?: string
  /** Data that the caller of repository_dispatch passed on */
  readonly client_payload?: string
  /** Sponsorship concerned */
  readonly sponsorship?: string
  /** Marketplace plan that was bought, changed or cancelled */
  readonly marketplace_purchase?: string
  /** Marketplace plan before the change */
  readonly previous_marketplace_purchase?: string
  /** When a pending sponsorship or marketplace change takes effect, as text */
  readonly effective_date?: string
  /** Whether an app installation reaches all repositories or selected ones */
  readonly repository_selection?: string
  /** Account that was renamed, in installation_target events */
  readonly account?: string
  /** Milestone concerned */
  readonly milestone?: string
  /** Id of the commit status or of the pages build; a number on the wire, text here */
  readonly id?: string
  /** Repository that a commit status was set in, as owner/name */
  readonly name?: string
  /** Address of the details of a commit status */
  readonly target_url?: string
  /** Picture of the account that set a commit status */
  readonly avatar_url?: string
  /** Branches that hold the commit of a commit status */
  readonly branches?: string
  /** When a commit status was set */
  readonly created_at?: string
  /** When a commit status was changed last */
  readonly updated_at?: string
  /** What a membership is of: team or organization */
  readonly scope?: string
  /** Pull requests that the merge queue tests together */
  readonly merge_group?: string
  /** Why a merge group was taken apart, or automatic merging was switched off */
  readonly reason?: string
  /** When the repository got its star; null when it lost it */
  readonly starred_at?: string
  /** Account that was asked for a review */
  readonly requested_reviewer?: string
  /** Team that was asked for a review */
  readonly requested_team?: string
  /** Button of a check run that somebody pressed */
  readonly requested_action?: string
  /** Account that wants to deploy */
  readonly requestor?: string
  /** Accounts and teams that may approve a deployment; the id of a team is one, too */
  readonly reviewers?: string
  /** Since when a deployment waits, as text */
  readonly since?: string
  /** Run of a job that waits for a review */
  readonly workflow_job_run?: string
  /** Runs of jobs that wait for a review */
  readonly workflow_job_runs?: string
  /** Comment that is no longer the answer of a discussion */
  readonly old_answer?: string
  /** Custom property of an organization that was created, edited or deleted */
  readonly definition?: string
  /** Values of custom properties after the change */
  readonly new_property_values?: string
  /** Values of custom properties before the change */
  readonly old_property_values?: string
}
