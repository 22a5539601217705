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
  attributes: [
    { column: 'p_webhook_event', id: 1000 },
    { column: 'p_webhook_delivery', id: 1001 },
    { column: 'p_webhook_hook_id', id: 1002 },
  ],
  fields: [
    { name: 'action', column: 'action', id: 1003, type: 'string' },
    { name: 'target_type', column: 'target_type', id: 1004, type: 'string' },
    { name: 'ref', column: 'ref', id: 1005, type: 'string' },
    { name: 'commit_oid', column: 'commit_oid', id: 1006, type: 'string', indicators: ['sha1'] },
    { name: 'branch', column: 'branch', id: 1007, type: 'string' },
    { name: 'master_branch', column: 'master_branch', id: 1008, type: 'string' },
    { name: 'pusher_type', column: 'pusher_type', id: 1009, type: 'string' },
    { name: 'ref_type', column: 'ref_type', id: 1010, type: 'string' },
    { name: 'hook_id', column: 'hook_id', id: 1011, type: 'string' },
    { name: 'base_ref', column: 'base_ref', id: 1012, type: 'string' },
    { name: 'before', column: 'before', id: 1013, type: 'string', indicators: ['sha1'] },
    { name: 'after', column: 'after', id: 1014, type: 'string', indicators: ['sha1'] },
    { name: 'number', column: 'number', id: 1015, type: 'string' },
    { name: 'compare', column: 'compare', id: 1016, type: 'string' },
    { name: 'forced', column: 'forced', id: 1017, type: 'boolean' },
    { name: 'created', column: 'created', id: 1018, type: 'boolean' },
    { name: 'deleted', column: 'deleted', id: 1019, type: 'boolean' },
    {
      name: 'sender',
      column: 'sender',
      id: 1020,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
      required: true,
    },
    { name: 'repository', column: 'repository', id: 1021, type: 'json' },
    { name: 'repository_ruleset', column: 'repository_ruleset', id: 1022, type: 'json' },
    { name: 'organization', column: 'organization', id: 1023, type: 'json' },
    {
      name: 'installation',
      column: 'installation',
      id: 1024,
      type: 'json',
      memberIndicators: { 'suspended_by.login': ['username'], 'suspended_by.id': ['actor_id'] },
    },
    { name: 'enterprise', column: 'enterprise', id: 1025, type: 'json' },
    { name: 'rule', column: 'rule', id: 1026, type: 'json' },
    { name: 'check_run', column: 'check_run', id: 1027, type: 'json', memberIndicators: { head_sha: ['sha1'] } },
    {
      name: 'check_suite',
      column: 'check_suite',
      id: 1028,
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
      id: 1029,
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
      id: 1030,
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'], commit_id: ['sha1'] },
    },
    { name: 'description', column: 'description', id: 1031, type: 'json' },
    { name: 'key', column: 'key', id: 1032, type: 'json', memberIndicators: { added_by: ['username'] } },
    {
      name: 'deployment',
      column: 'deployment',
      id: 1033,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'], sha: ['sha1'] },
    },
    { name: 'workflow', column: 'workflow', id: 1034, type: 'json' },
    {
      name: 'workflow_run',
      column: 'workflow_run',
      id: 1035,
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
    { name: 'workflow_job', column: 'workflow_job', id: 1036, type: 'json', memberIndicators: { head_sha: ['sha1'] } },
    { name: 'environment', column: 'environment', id: 1037, type: 'json' },
    { name: 'event', column: 'event', id: 1038, type: 'json' },
    { name: 'deployment_callback_url', column: 'deployment_callback_url', id: 1039, type: 'json' },
    { name: 'pull_requests', column: 'pull_requests', id: 1040, type: 'json' },
    {
      name: 'pull_request',
      column: 'pull_request',
      id: 1041,
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
      id: 1042,
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'], commit_id: ['sha1'] },
    },
    {
      name: 'thread',
      column: 'thread',
      id: 1043,
      type: 'json',
      memberIndicators: {
        'comments.user.login': ['username'],
        'comments.user.id': ['actor_id'],
        'comments.commit_id': ['sha1'],
      },
    },
    {
      name: 'assignee',
      column: 'assignee',
      id: 1044,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'approver',
      column: 'approver',
      id: 1045,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'deployment_status',
      column: 'deployment_status',
      id: 1046,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'discussion',
      column: 'discussion',
      id: 1047,
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
      id: 1048,
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    { name: 'forkee', column: 'forkee', id: 1049, type: 'json' },
    { name: 'pages', column: 'pages', id: 1050, type: 'json', memberIndicators: { sha: ['sha1'] } },
    { name: 'repositories', column: 'repositories', id: 1051, type: 'json' },
    {
      name: 'requester',
      column: 'requester',
      id: 1052,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    { name: 'repositories_added', column: 'repositories_added', id: 1053, type: 'json' },
    { name: 'repositories_removed', column: 'repositories_removed', id: 1054, type: 'json' },
    { name: 'repositories_selection', column: 'repositories_selection', id: 1055, type: 'string' },
    {
      name: 'changes',
      column: 'changes',
      id: 1056,
      type: 'json',
      memberIndicators: { 'owner.from.user.login': ['username'], 'owner.from.user.id': ['actor_id'] },
    },
    {
      name: 'issue',
      column: 'issue',
      id: 1057,
      type: 'json',
      memberIndicators: {
        'user.login': ['username'],
        'user.id': ['actor_id'],
        'assignees.login': ['username'],
        'assignees.id': ['actor_id'],
      },
    },
    { name: 'label', column: 'label', id: 1058, type: 'json' },
    { name: 'team', column: 'team', id: 1059, type: 'json' },
    { name: 'hook', column: 'hook', id: 1060, type: 'json', memberIndicators: { 'config.url': ['url'] } },
    {
      name: 'release',
      column: 'release',
      id: 1061,
      type: 'json',
      memberIndicators: { 'author.login': ['username'], 'author.id': ['actor_id'] },
    },
    {
      name: 'repository_advisory',
      column: 'repository_advisory',
      id: 1062,
      type: 'json',
      memberIndicators: {
        'author.login': ['username'],
        'author.id': ['actor_id'],
        'publisher.login': ['username'],
        'publisher.id': ['actor_id'],
      },
    },
    { name: 'location', column: 'location', id: 1063, type: 'json' },
    { name: 'security_advisory', column: 'security_advisory', id: 1064, type: 'json' },
    { name: 'inputs', column: 'inputs', id: 1065, type: 'json' },
    { name: 'status', column: 'status', id: 1066, type: 'json' },
    {
      name: 'pusher',
      column: 'pusher',
      id: 1067,
      type: 'json',
      memberIndicators: { name: ['username'], email: ['email'] },
    },
    {
      name: 'head_commit',
      column: 'head_commit',
      id: 1068,
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
      id: 1069,
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
      id: 1070,
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
    { name: 'sha', column: 'sha', id: 1071, type: 'string', indicators: ['sha1'] },
    { name: 'state', column: 'state', id: 1072, type: 'string' },
    { name: 'context', column: 'context', id: 1073, type: 'string' },
    {
      name: 'member',
      column: 'member',
      id: 1074,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
    },
    {
      name: 'membership',
      column: 'membership',
      id: 1075,
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    {
      name: 'blocked_user',
      column: 'blocked_user',
      id: 1076,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'invitation',
      column: 'invitation',
      id: 1077,
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
      id: 1078,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'], email: ['email'] },
    },
    {
      name: 'package',
      column: 'package',
      id: 1079,
      type: 'json',
      memberIndicators: { 'package_version.author.login': ['username'], 'package_version.author.id': ['actor_id'] },
    },
    {
      name: 'build',
      column: 'build',
      id: 1080,
      type: 'json',
      memberIndicators: { 'pusher.login': ['username'], 'pusher.id': ['actor_id'], commit: ['sha1'] },
    },
    {
      name: 'personal_access_token_request',
      column: 'personal_access_token_request',
      id: 1081,
      type: 'json',
      memberIndicators: { 'owner.login': ['username'], 'owner.id': ['actor_id'] },
    },
    { name: 'zen', column: 'zen', id: 1082, type: 'string' },
    {
      name: 'project',
      column: 'project',
      id: 1083,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'project_card',
      column: 'project_card',
      id: 1084,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    { name: 'project_column', column: 'project_column', id: 1085, type: 'json' },
    {
      name: 'projects_v2',
      column: 'projects_v2',
      id: 1086,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'projects_v2_item',
      column: 'projects_v2_item',
      id: 1087,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    {
      name: 'registry_package',
      column: 'registry_package',
      id: 1088,
      type: 'json',
      memberIndicators: { 'package_version.author.login': ['username'], 'package_version.author.id': ['actor_id'] },
    },
    { name: 'client_payload', column: 'client_payload', id: 1089, type: 'json' },
    {
      name: 'sponsorship',
      column: 'sponsorship',
      id: 1090,
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
      id: 1091,
      type: 'json',
      memberIndicators: { 'account.organization_billing_email': ['email'] },
    },
    {
      name: 'previous_marketplace_purchase',
      column: 'previous_marketplace_purchase',
      id: 1092,
      type: 'json',
      memberIndicators: { 'account.organization_billing_email': ['email'] },
    },
    { name: 'effective_date', column: 'effective_date', id: 1093, type: 'string' },
    { name: 'repository_selection', column: 'repository_selection', id: 1094, type: 'string' },
    { name: 'account', column: 'account', id: 1095, type: 'json' },
    {
      name: 'milestone',
      column: 'milestone',
      id: 1096,
      type: 'json',
      memberIndicators: { 'creator.login': ['username'], 'creator.id': ['actor_id'] },
    },
    { name: 'id', column: 'id', id: 1097, type: 'string' },
    { name: 'name', column: 'name', id: 1098, type: 'string' },
    { name: 'target_url', column: 'target_url', id: 1099, type: 'string' },
    { name: 'avatar_url', column: 'avatar_url', id: 1100, type: 'string' },
    { name: 'branches', column: 'branches', id: 1101, type: 'json', memberIndicators: { 'commit.sha': ['sha1'] } },
    { name: 'created_at', column: 'created_at', id: 1102, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'updated_at', column: 'updated_at', id: 1103, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'scope', column: 'scope', id: 1104, type: 'string' },
    {
      name: 'merge_group',
      column: 'merge_group',
      id: 1105,
      type: 'json',
      memberIndicators: {
        head_sha: ['sha1'],
        base_sha: ['sha1'],
        'head_commit.id': ['sha1'],
        'head_commit.author.email': ['email'],
        'head_commit.committer.email': ['email'],
      },
    },
    { name: 'reason', column: 'reason', id: 1106, type: 'string' },
    { name: 'starred_at', column: 'starred_at', id: 1107, type: 'timestamp', formats: ['rfc3339'] },
    {
      name: 'requested_reviewer',
      column: 'requested_reviewer',
      id: 1108,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    { name: 'requested_team', column: 'requested_team', id: 1109, type: 'json' },
    { name: 'requested_action', column: 'requested_action', id: 1110, type: 'json' },
    {
      name: 'requestor',
      column: 'requestor',
      id: 1111,
      type: 'json',
      memberIndicators: { login: ['username'], id: ['actor_id'] },
    },
    {
      name: 'reviewers',
      column: 'reviewers',
      id: 1112,
      type: 'json',
      memberIndicators: { 'reviewer.login': ['username'], 'reviewer.id': ['actor_id'] },
    },
    { name: 'since', column: 'since', id: 1113, type: 'string' },
    { name: 'workflow_job_run', column: 'workflow_job_run', id: 1114, type: 'json' },
    { name: 'workflow_job_runs', column: 'workflow_job_runs', id: 1115, type: 'json' },
    {
      name: 'old_answer',
      column: 'old_answer',
      id: 1116,
      type: 'json',
      memberIndicators: { 'user.login': ['username'], 'user.id': ['actor_id'] },
    },
    { name: 'definition', column: 'definition', id: 1117, type: 'json' },
    { name: 'new_property_values', column: 'new_property_values', id: 1118, type: 'json' },
    { name: 'old_property_values', column: 'old_property_values', id: 1119, type: 'json' },
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
