// Generated from schemas/github/audit.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { WholeNumber } from '../row-values.ts'
import type { StandardColumns } from './standard-columns.ts'

export const githubAudit: LogSchema = {
  logType: 'GitHub.Audit',
  table: 'github_audit',
  version: 3,
  reference: 'https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization',
  eventTime: [['@timestamp'], ['created_at']],
  key: [
    [{ part: 'member', anyOf: [['_document_id']] }],
    [{ part: 'member', anyOf: [['event_id']] }, { part: 'member', anyOf: [['type']] }],
  ],
  attributes: [],
  fields: [
    { name: '_document_id', column: '_document_id', id: 1000, type: 'string' },
    { name: 'workflow_id', column: 'workflow_id', id: 1001, type: 'string' },
    { name: 'workflow_run_id', column: 'workflow_run_id', id: 1002, type: 'string' },
    { name: 'action', column: 'action', id: 1003, type: 'string', required: true },
    { name: 'actor', column: 'actor', id: 1004, type: 'string', indicators: ['username'] },
    { name: 'created_at', column: 'created_at', id: 1005, type: 'timestamp', formats: ['unix_ms'] },
    { name: '@timestamp', column: 'at_sign_timestamp', id: 1006, type: 'timestamp', formats: ['unix_ms'] },
    { name: 'completed_at', column: 'completed_at', id: 1007, type: 'string' },
    {
      name: 'actor_location',
      column: 'actor_location',
      id: 1008,
      type: 'object',
      fields: [
        { name: 'country_code', column: 'country_code', id: 1009, type: 'string', required: true },
        { name: 'country_name', column: 'country_name', id: 1010, type: 'string' },
        { name: 'region', column: 'region', id: 1011, type: 'string' },
        { name: 'region_name', column: 'region_name', id: 1012, type: 'string' },
        { name: 'city', column: 'city', id: 1013, type: 'string' },
        { name: 'postal_code', column: 'postal_code', id: 1014, type: 'string' },
        {
          name: 'location',
          column: 'location',
          id: 1015,
          type: 'object',
          fields: [
            { name: 'lat', column: 'lat', id: 1016, type: 'float' },
            { name: 'lon', column: 'lon', id: 1017, type: 'float' },
          ],
        },
      ],
    },
    { name: 'org', column: 'org', id: 1018, type: 'json' },
    {
      name: 'config',
      column: 'config',
      id: 1019,
      type: 'object',
      fields: [
        { name: 'content_type', column: 'content_type', id: 1020, type: 'string' },
        { name: 'insecure_ssl', column: 'insecure_ssl', id: 1021, type: 'string' },
        { name: 'url', column: 'url', id: 1022, type: 'string', indicators: ['url'] },
        { name: 'secret', column: 'secret', id: 1023, type: 'string' },
      ],
    },
    {
      name: 'config_was',
      column: 'config_was',
      id: 1024,
      type: 'object',
      fields: [
        { name: 'content_type', column: 'content_type', id: 1025, type: 'string' },
        { name: 'insecure_ssl', column: 'insecure_ssl', id: 1026, type: 'string' },
        { name: 'url', column: 'url', id: 1027, type: 'string', indicators: ['url'] },
        { name: 'secret', column: 'secret', id: 1028, type: 'string' },
      ],
    },
    { name: 'hook_id', column: 'hook_id', id: 1029, type: 'string' },
    { name: 'name', column: 'name', id: 1030, type: 'string' },
    { name: 'active', column: 'active', id: 1031, type: 'boolean' },
    { name: 'repo', column: 'repo', id: 1032, type: 'json' },
    { name: 'visibility', column: 'visibility', id: 1033, type: 'string' },
    { name: 'events', column: 'events', id: 1034, type: 'array', element: { type: 'string' }, elementId: 1035 },
    { name: 'user', column: 'user', id: 1036, type: 'string', indicators: ['username'] },
    { name: 'team', column: 'team', id: 1037, type: 'string' },
    { name: 'event', column: 'event', id: 1038, type: 'string' },
    { name: 'transport_protocol_name', column: 'transport_protocol_name', id: 1039, type: 'string' },
    { name: 'transport_protocol', column: 'transport_protocol', id: 1040, type: 'int' },
    { name: 'repository', column: 'repository', id: 1041, type: 'string' },
    { name: 'repository_public', column: 'repository_public', id: 1042, type: 'boolean' },
    { name: 'business_id', column: 'business_id', id: 1043, type: 'string' },
    { name: 'number', column: 'number', id: 1044, type: 'bigint' },
    { name: 'active_was', column: 'active_was', id: 1045, type: 'boolean' },
    { name: 'actor_id', column: 'actor_id', id: 1046, type: 'string', indicators: ['actor_id'] },
    { name: 'blocked_user', column: 'blocked_user', id: 1047, type: 'string', indicators: ['username'] },
    { name: 'business', column: 'business', id: 1048, type: 'string' },
    { name: 'content_type', column: 'content_type', id: 1049, type: 'string' },
    {
      name: 'data',
      column: 'data',
      id: 1050,
      type: 'json',
      memberIndicators: { head_sha: ['sha1'], old_user: ['username'] },
    },
    { name: 'deploy_key_fingerprint', column: 'deploy_key_fingerprint', id: 1051, type: 'string' },
    { name: 'emoji', column: 'emoji', id: 1052, type: 'string' },
    { name: 'events_were', column: 'events_were', id: 1053, type: 'array', element: { type: 'json' }, elementId: 1054 },
    { name: 'explanation', column: 'explanation', id: 1055, type: 'string' },
    { name: 'fingerprint', column: 'fingerprint', id: 1056, type: 'string' },
    { name: 'limited_availability', column: 'limited_availability', id: 1057, type: 'boolean' },
    { name: 'message', column: 'message', id: 1058, type: 'string' },
    { name: 'old_user', column: 'old_user', id: 1059, type: 'string', indicators: ['username'] },
    { name: 'openssh_public_key', column: 'openssh_public_key', id: 1060, type: 'string' },
    { name: 'operation_type', column: 'operation_type', id: 1061, type: 'string' },
    { name: 'org_id', column: 'org_id', id: 1062, type: 'json' },
    { name: 'previous_visibility', column: 'previous_visibility', id: 1063, type: 'string' },
    { name: 'read_only', column: 'read_only', id: 1064, type: 'boolean' },
    { name: 'target_login', column: 'target_login', id: 1065, type: 'string', indicators: ['username'] },
    { name: 'user_id', column: 'user_id', id: 1066, type: 'string', indicators: ['actor_id'] },
    { name: 'actor_ip', column: 'actor_ip', id: 1067, type: 'string', indicators: ['ip'] },
    { name: 'hashed_token', column: 'hashed_token', id: 1068, type: 'string' },
    {
      name: 'external_identity_nameid',
      column: 'external_identity_nameid',
      id: 1069,
      type: 'string',
      indicators: ['username'],
    },
    {
      name: 'external_identity_username',
      column: 'external_identity_username',
      id: 1070,
      type: 'string',
      indicators: ['username'],
    },
    { name: 'actor_session', column: 'actor_session', id: 1071, type: 'string' },
    { name: 'branch', column: 'branch', id: 1072, type: 'string' },
    { name: 'category_type', column: 'category_type', id: 1073, type: 'string' },
    { name: 'client_id', column: 'client_id', id: 1074, type: 'string' },
    { name: 'conclusion', column: 'conclusion', id: 1075, type: 'string' },
    { name: 'controller_action', column: 'controller_action', id: 1076, type: 'string' },
    { name: 'device_cookie', column: 'device_cookie', id: 1077, type: 'string' },
    { name: 'environment_name', column: 'environment_name', id: 1078, type: 'string' },
    { name: 'fork_source', column: 'fork_source', id: 1079, type: 'string' },
    { name: 'fork_source_id', column: 'fork_source_id', id: 1080, type: 'string' },
    { name: 'from', column: 'from', id: 1081, type: 'string' },
    { name: 'head_branch', column: 'head_branch', id: 1082, type: 'string' },
    { name: 'head_sha', column: 'head_sha', id: 1083, type: 'string', indicators: ['sha1'] },
    { name: 'is_hosted_runner', column: 'is_hosted_runner', id: 1084, type: 'boolean' },
    { name: 'job_name', column: 'job_name', id: 1085, type: 'string' },
    { name: 'job_workflow_ref', column: 'job_workflow_ref', id: 1086, type: 'string' },
    { name: 'key', column: 'key', id: 1087, type: 'string' },
    { name: 'method', column: 'method', id: 1088, type: 'string' },
    { name: 'programmatic_access_type', column: 'programmatic_access_type', id: 1089, type: 'string' },
    { name: 'public_repo', column: 'public_repo', id: 1090, type: 'boolean' },
    { name: 'referrer', column: 'referrer', id: 1091, type: 'string', indicators: ['url'] },
    { name: 'repo_id', column: 'repo_id', id: 1092, type: 'json' },
    {
      name: 'repositories_removed',
      column: 'repositories_removed',
      id: 1093,
      type: 'array',
      element: { type: 'string' },
      elementId: 1094,
    },
    {
      name: 'repositories_removed_names',
      column: 'repositories_removed_names',
      id: 1095,
      type: 'array',
      element: { type: 'string' },
      elementId: 1096,
    },
    { name: 'repository_selection', column: 'repository_selection', id: 1097, type: 'string' },
    { name: 'request_category', column: 'request_category', id: 1098, type: 'string' },
    { name: 'request_id', column: 'request_id', id: 1099, type: 'string' },
    { name: 'run_attempt', column: 'run_attempt', id: 1100, type: 'bigint' },
    { name: 'run_number', column: 'run_number', id: 1101, type: 'bigint' },
    { name: 'runner_id', column: 'runner_id', id: 1102, type: 'string' },
    { name: 'runner_group_id', column: 'runner_group_id', id: 1103, type: 'string' },
    { name: 'runner_group_name', column: 'runner_group_name', id: 1104, type: 'string' },
    {
      name: 'runner_labels',
      column: 'runner_labels',
      id: 1105,
      type: 'array',
      element: { type: 'string' },
      elementId: 1106,
    },
    { name: 'runner_name', column: 'runner_name', id: 1107, type: 'string' },
    { name: 'secrets_passed', column: 'secrets_passed', id: 1108, type: 'json' },
    { name: 'server_id', column: 'server_id', id: 1109, type: 'string' },
    { name: 'started_at', column: 'started_at', id: 1110, type: 'timestamp', formats: ['rfc3339'] },
    { name: 'token_id', column: 'token_id', id: 1111, type: 'string' },
    { name: 'token_scopes', column: 'token_scopes', id: 1112, type: 'json' },
    { name: 'topic', column: 'topic', id: 1113, type: 'string' },
    { name: 'trigger_id', column: 'trigger_id', id: 1114, type: 'string' },
    { name: 'url', column: 'url', id: 1115, type: 'string', indicators: ['url'] },
    { name: 'user_agent', column: 'user_agent', id: 1116, type: 'string' },
    {
      name: 'user_programmatic_access_name',
      column: 'user_programmatic_access_name',
      id: 1117,
      type: 'string',
      indicators: ['username'],
    },
    { name: 'after', column: 'after', id: 1118, type: 'string', indicators: ['sha1'] },
    { name: 'before', column: 'before', id: 1119, type: 'string', indicators: ['sha1'] },
    { name: 'pull_request_url', column: 'pull_request_url', id: 1120, type: 'string', indicators: ['url'] },
    { name: 'pull_request_title', column: 'pull_request_title', id: 1121, type: 'string' },
    { name: 'pull_request_id', column: 'pull_request_id', id: 1122, type: 'string' },
    {
      name: 'reasons',
      column: 'reasons',
      id: 1123,
      type: 'array',
      element: {
        type: 'object',
        fields: [
          { name: 'code', column: 'code', id: 1125, type: 'string' },
          { name: 'message', column: 'message', id: 1126, type: 'string' },
        ],
      },
      elementId: 1124,
    },
    {
      name: 'overridden_codes',
      column: 'overridden_codes',
      id: 1127,
      type: 'array',
      element: { type: 'string' },
      elementId: 1128,
    },
    {
      name: 'authorized_actors',
      column: 'authorized_actors',
      id: 1129,
      type: 'array',
      element: { type: 'string', indicators: ['username'] },
      elementId: 1130,
    },
    {
      name: 'authorized_actor_names',
      column: 'authorized_actor_names',
      id: 1131,
      type: 'array',
      element: { type: 'string', indicators: ['username'] },
      elementId: 1132,
    },
    { name: 'actions_cache_id', column: 'actions_cache_id', id: 1133, type: 'string' },
    { name: 'actions_cache_key', column: 'actions_cache_key', id: 1134, type: 'string' },
    { name: 'actions_cache_scope', column: 'actions_cache_scope', id: 1135, type: 'string' },
    { name: 'actions_cache_version', column: 'actions_cache_version', id: 1136, type: 'string' },
    { name: 'alert_number', column: 'alert_number', id: 1137, type: 'bigint' },
    {
      name: 'allow_deletions_enforcement_level',
      column: 'allow_deletions_enforcement_level',
      id: 1138,
      type: 'string',
    },
    {
      name: 'allow_force_pushes_enforcement_level',
      column: 'allow_force_pushes_enforcement_level',
      id: 1139,
      type: 'string',
    },
    { name: 'enforcement_level', column: 'enforcement_level', id: 1140, type: 'string' },
    { name: 'email', column: 'email', id: 1141, type: 'string', indicators: ['email'] },
    { name: 'ghsa_id', column: 'ghsa_id', id: 1142, type: 'string' },
    { name: 'lock_allows_fetch_and_merge', column: 'lock_allows_fetch_and_merge', id: 1143, type: 'boolean' },
    { name: 'lock_branch_enforcement_level', column: 'lock_branch_enforcement_level', id: 1144, type: 'string' },
    {
      name: 'required_deployments_enforcement_level',
      column: 'required_deployments_enforcement_level',
      id: 1145,
      type: 'string',
    },
    {
      name: 'required_review_thread_resolution_enforcement_level',
      column: 'required_review_thread_resolution_enforcement_level',
      id: 1146,
      type: 'string',
    },
    { name: 'merge_method', column: 'merge_method', id: 1147, type: 'string' },
    { name: 'merge_queue_enforcement_level', column: 'merge_queue_enforcement_level', id: 1148, type: 'string' },
    { name: 'new_repo_base_role', column: 'new_repo_base_role', id: 1149, type: 'string' },
    { name: 'new_repo_permission', column: 'new_repo_permission', id: 1150, type: 'string' },
    { name: 'oauth_application', column: 'oauth_application', id: 1151, type: 'string' },
    { name: 'oauth_application_id', column: 'oauth_application_id', id: 1152, type: 'string' },
    { name: 'old_permission', column: 'old_permission', id: 1153, type: 'string' },
    { name: 'old_permissions', column: 'old_permissions', id: 1154, type: 'json' },
    { name: 'old_repo_base_role', column: 'old_repo_base_role', id: 1155, type: 'string' },
    { name: 'old_repo_permission', column: 'old_repo_permission', id: 1156, type: 'string' },
    { name: 'role_permissions', column: 'role_permissions', id: 1157, type: 'json' },
    { name: 'ruleset_bypass_actors', column: 'ruleset_bypass_actors', id: 1158, type: 'json' },
    { name: 'ruleset_bypass_actors_added', column: 'ruleset_bypass_actors_added', id: 1159, type: 'json' },
    { name: 'ruleset_bypass_actors_deleted', column: 'ruleset_bypass_actors_deleted', id: 1160, type: 'json' },
    { name: 'ruleset_bypass_actors_updated', column: 'ruleset_bypass_actors_updated', id: 1161, type: 'json' },
    { name: 'ruleset_conditions', column: 'ruleset_conditions', id: 1162, type: 'json' },
    { name: 'ruleset_conditions_added', column: 'ruleset_conditions_added', id: 1163, type: 'json' },
    { name: 'ruleset_conditions_deleted', column: 'ruleset_conditions_deleted', id: 1164, type: 'json' },
    { name: 'ruleset_conditions_updated', column: 'ruleset_conditions_updated', id: 1165, type: 'json' },
    { name: 'ruleset_enforcement', column: 'ruleset_enforcement', id: 1166, type: 'string' },
    { name: 'ruleset_id', column: 'ruleset_id', id: 1167, type: 'string' },
    { name: 'ruleset_name', column: 'ruleset_name', id: 1168, type: 'string' },
    { name: 'ruleset_old_enforcement', column: 'ruleset_old_enforcement', id: 1169, type: 'string' },
    { name: 'ruleset_old_name', column: 'ruleset_old_name', id: 1170, type: 'string' },
    { name: 'ruleset_rules', column: 'ruleset_rules', id: 1171, type: 'json' },
    { name: 'ruleset_rules_updated', column: 'ruleset_rules_updated', id: 1172, type: 'json' },
    { name: 'ruleset_source_type', column: 'ruleset_source_type', id: 1173, type: 'string' },
    { name: 'source_version', column: 'source_version', id: 1174, type: 'string' },
    {
      name: 'strict_required_status_checks_policy',
      column: 'strict_required_status_checks_policy',
      id: 1175,
      type: 'boolean',
    },
    { name: 'target_version', column: 'target_version', id: 1176, type: 'string' },
    { name: 'check_run_id', column: 'check_run_id', id: 1177, type: 'string' },
    { name: 'admin_enforced', column: 'admin_enforced', id: 1178, type: 'boolean' },
    {
      name: 'pull_request_reviews_enforcement_level',
      column: 'pull_request_reviews_enforcement_level',
      id: 1179,
      type: 'json',
    },
    {
      name: 'required_status_checks_enforcement_level',
      column: 'required_status_checks_enforcement_level',
      id: 1180,
      type: 'json',
    },
    {
      name: 'linear_history_requirement_enforcement_level',
      column: 'linear_history_requirement_enforcement_level',
      id: 1181,
      type: 'json',
    },
    { name: 'required_approving_review_count', column: 'required_approving_review_count', id: 1182, type: 'int' },
    { name: 'require_code_owner_review', column: 'require_code_owner_review', id: 1183, type: 'boolean' },
    {
      name: 'signature_requirement_enforcement_level',
      column: 'signature_requirement_enforcement_level',
      id: 1184,
      type: 'int',
    },
    { name: 'old_name', column: 'old_name', id: 1185, type: 'string' },
    { name: 'permission', column: 'permission', id: 1186, type: 'string' },
    { name: 'invitee', column: 'invitee', id: 1187, type: 'string', indicators: ['username'] },
    { name: 'inviter', column: 'inviter', id: 1188, type: 'string', indicators: ['username'] },
    { name: 'package_published', column: 'package_published', id: 1189, type: 'json' },
    { name: 'package_version_published', column: 'package_version_published', id: 1190, type: 'json' },
    { name: 'ecosystem', column: 'ecosystem', id: 1191, type: 'string' },
    { name: 'is_republished', column: 'is_republished', id: 1192, type: 'boolean' },
    { name: 'package', column: 'package', id: 1193, type: 'string' },
    { name: 'version', column: 'version', id: 1194, type: 'string' },
    { name: 'version_count', column: 'version_count', id: 1195, type: 'bigint' },
    { name: 'ip_allow_list_entry', column: 'ip_allow_list_entry', id: 1196, type: 'json' },
    { name: 'actor_is_bot', column: 'actor_is_bot', id: 1197, type: 'boolean' },
    { name: 'integration', column: 'integration', id: 1198, type: 'string' },
    { name: 'event_id', column: 'event_id', id: 1199, type: 'string' },
    { name: 'type', column: 'type', id: 1200, type: 'string' },
    { name: 'endpoint', column: 'endpoint', id: 1201, type: 'string' },
    { name: 'body', column: 'body', id: 1202, type: 'string' },
    { name: 'truncated', column: 'truncated', id: 1203, type: 'boolean' },
    { name: 'enterprise_id', column: 'enterprise_id', id: 1204, type: 'string' },
    { name: 'github_request_id', column: 'github_request_id', id: 1205, type: 'string' },
    {
      name: 'repositories_added',
      column: 'repositories_added',
      id: 1206,
      type: 'array',
      element: { type: 'string' },
      elementId: 1207,
    },
    {
      name: 'repositories_added_names',
      column: 'repositories_added_names',
      id: 1208,
      type: 'array',
      element: { type: 'string' },
      elementId: 1209,
    },
    { name: 'repository_id', column: 'repository_id', id: 1210, type: 'string' },
    { name: 'external_id', column: 'external_id', id: 1211, type: 'string' },
    { name: 'request_access_security_header', column: 'request_access_security_header', id: 1212, type: 'string' },
    { name: 'request_method', column: 'request_method', id: 1213, type: 'string' },
    { name: 'route', column: 'route', id: 1214, type: 'string' },
    { name: 'url_path', column: 'url_path', id: 1215, type: 'string' },
    { name: 'query_string', column: 'query_string', id: 1216, type: 'string' },
    { name: 'request_body', column: 'request_body', id: 1217, type: 'string' },
    { name: 'status_code', column: 'status_code', id: 1218, type: 'bigint' },
    { name: 'rate_limit_remaining', column: 'rate_limit_remaining', id: 1219, type: 'bigint' },
    { name: 'audit_log_stream_id', column: 'audit_log_stream_id', id: 1220, type: 'string' },
    { name: 'audit_log_stream_enabled', column: 'audit_log_stream_enabled', id: 1221, type: 'boolean' },
    { name: 'audit_log_stream_sink', column: 'audit_log_stream_sink', id: 1222, type: 'string' },
    { name: 'audit_log_stream_sink_details', column: 'audit_log_stream_sink_details', id: 1223, type: 'string' },
    {
      name: 'secrets_updated',
      column: 'secrets_updated',
      id: 1224,
      type: 'array',
      element: { type: 'string' },
      elementId: 1225,
    },
    { name: 'actor_is_agent', column: 'actor_is_agent', id: 1226, type: 'boolean' },
    { name: 'agent_session_id', column: 'agent_session_id', id: 1227, type: 'string' },
    { name: 'protocol_name', column: 'protocol_name', id: 1228, type: 'string' },
    { name: 'cancelled_at', column: 'cancelled_at', id: 1229, type: 'string' },
    { name: 'ruleset_rules_added', column: 'ruleset_rules_added', id: 1230, type: 'json' },
    { name: 'ruleset_rules_deleted', column: 'ruleset_rules_deleted', id: 1231, type: 'json' },
    { name: 'secret_type', column: 'secret_type', id: 1232, type: 'string' },
    { name: 'secret_type_display_name', column: 'secret_type_display_name', id: 1233, type: 'string' },
    { name: 'multi_repo', column: 'multi_repo', id: 1234, type: 'boolean' },
    { name: 'publicly_leaked', column: 'publicly_leaked', id: 1235, type: 'boolean' },
  ],
}

/** A row of github_audit; a column that is null is left out. */
export type GithubAuditRow = StandardColumns & {
  /** Id that GitHub gave the entry; the same event keeps it */
  readonly _document_id?: string
  /** Id of the Actions workflow; a number on the wire, text here */
  readonly workflow_id?: string
  /** Id of the workflow run; a number on the wire, text here */
  readonly workflow_run_id?: string
  /** What happened, as category.verb, such as repo.create */
  readonly action?: string
  /** Login of the account that did it; absent in anonymous clones of public repositories */
  readonly actor?: string
  /** When GitHub recorded it; absent in Git events */
  readonly created_at?: string
  /** When it happened, epoch milliseconds on the wire; the first choice for the event time */
  readonly at_sign_timestamp?: string
  /** When a workflow run ended, as RFC 3339 text */
  readonly completed_at?: string
  /** Where the actor's address lies, by GitHub's estimate */
  readonly actor_location?: {
    /** Two-letter country code */
    readonly country_code?: string
    /** Country in words */
    readonly country_name?: string
    /** Code of the region inside the country */
    readonly region?: string
    /** Region in words */
    readonly region_name?: string
    /** City */
    readonly city?: string
    /** Postal code */
    readonly postal_code?: string
    /** Coordinates of the place */
    readonly location?: {
      /** Degrees of latitude, north positive */
      readonly lat?: number
      /** Degrees of longitude, east positive */
      readonly lon?: number
    }
  }
  /** Organization concerned; one name, or a list of names for events across organizations */
  readonly org?: string
  /** Settings of a webhook after the change */
  readonly config?: {
    /** Body format that the webhook sends: json or form */
    readonly content_type?: string
    /** Text 1 when certificates are not verified, 0 when they are */
    readonly insecure_ssl?: string
    /** Address that the webhook delivers to */
    readonly url?: string
    /** Whether the webhook has a secret, as asterisks */
    readonly secret?: string
  }
  /** Settings of a webhook before the change */
  readonly config_was?: {
    /** Body format before the change */
    readonly content_type?: string
    /** Certificate setting before the change: text 1 is unverified */
    readonly insecure_ssl?: string
    /** Delivery address before the change */
    readonly url?: string
    /** Whether the webhook had a secret before the change, as asterisks */
    readonly secret?: string
  }
  /** Id of the webhook; a number on the wire, text here */
  readonly hook_id?: string
  /** Name of what was created or changed, such as a hook or an environment */
  readonly name?: string
  /** Whether the webhook or setting is in force after the change */
  readonly active?: boolean
  /** Repository as owner/name; a list of names for events across repositories */
  readonly repo?: string
  /** Visibility of the repository: public, private or internal */
  readonly visibility?: string
  /** Events that the webhook or app is subscribed to after the change */
  readonly events?: readonly (string | null)[]
  /** Login of the account that was affected, as a member who was added */
  readonly user?: string
  /** Team concerned, as organization/team */
  readonly team?: string
  /** Event that triggered a workflow run */
  readonly event?: string
  /** Protocol of a Git operation in words: http or ssh */
  readonly transport_protocol_name?: string
  /** Protocol of a Git operation as a number: 1 is HTTP, 2 is SSH */
  readonly transport_protocol?: number
  /** Repository as owner/name, in Git events */
  readonly repository?: string
  /** Whether the repository of a Git event is public */
  readonly repository_public?: boolean
  /** Id of the enterprise; a number on the wire, text here */
  readonly business_id?: string
  /** Number of the pull request or issue concerned */
  readonly number?: WholeNumber
  /** Whether the webhook or setting was in force before the change */
  readonly active_was?: boolean
  /** Id of the account that did it; a number on the wire, text here, 0 when unknown */
  readonly actor_id?: string
  /** Login of the account that was blocked */
  readonly blocked_user?: string
  /** Enterprise concerned */
  readonly business?: string
  /** Body format of a webhook, when given outside config */
  readonly content_type?: string
  /** Further facts about the event; older entries keep members here that now stand at the top */
  readonly data?: string
  /** Fingerprint of the deploy key that was used */
  readonly deploy_key_fingerprint?: string
  /** Emoji that a user put into a profile status */
  readonly emoji?: string
  /** Events that the webhook or app was subscribed to before the change */
  readonly events_were?: readonly (string | null)[]
  /** Why something was done or refused, in words */
  readonly explanation?: string
  /** Fingerprint of the key concerned */
  readonly fingerprint?: string
  /** Whether the profile status says that the user is busy */
  readonly limited_availability?: boolean
  /** Text that goes with the event, such as a profile status */
  readonly message?: string
  /** Login of the previous user, such as the former owner of a repository */
  readonly old_user?: string
  /** Public key in OpenSSH form, when a key was added or removed */
  readonly openssh_public_key?: string
  /** Kind of operation: create, access, modify, remove, authentication, transfer or restore */
  readonly operation_type?: string
  /** Id of the organization; a number, or a list of numbers for events across organizations */
  readonly org_id?: string
  /** Visibility of the repository before the change */
  readonly previous_visibility?: string
  /** Whether a deploy key can only read; text in some entries, boolean here */
  readonly read_only?: boolean
  /** Login of the account that the action was aimed at */
  readonly target_login?: string
  /** Id of the account that was affected; a number on the wire, text here, 0 when unknown */
  readonly user_id?: string
  /** IP address of the actor; present only while the owner has switched its display on */
  readonly actor_ip?: string
  /** SHA-256 of the token that was used, in base64; never the token itself */
  readonly hashed_token?: string
  /** Name id of the linked SAML identity, often an e-mail address */
  readonly external_identity_nameid?: string
  /** User name of the linked SAML or SCIM identity */
  readonly external_identity_username?: string
  /** Id of the browser session of the actor */
  readonly actor_session?: string
  /** Branch concerned */
  readonly branch?: string
  /** Group of the action, such as Resource Management */
  readonly category_type?: string
  /** Id of the client that sent the request */
  readonly client_id?: string
  /** How a workflow run ended, such as success or failure */
  readonly conclusion?: string
  /** Action of GitHub's web application that served the request */
  readonly controller_action?: string
  /** Cookie value that tells browsers of the actor apart */
  readonly device_cookie?: string
  /** Deployment environment concerned */
  readonly environment_name?: string
  /** Repository that was forked, as owner/name */
  readonly fork_source?: string
  /** Id of the repository that was forked */
  readonly fork_source_id?: string
  /** Page or action in GitHub's web application that the request came from */
  readonly from?: string
  /** Branch that the workflow run used */
  readonly head_branch?: string
  /** Commit that the workflow run used */
  readonly head_sha?: string
  /** Whether the job ran on a runner hosted by GitHub */
  readonly is_hosted_runner?: boolean
  /** Job of a workflow */
  readonly job_name?: string
  /** Workflow file and ref that defined the job */
  readonly job_workflow_ref?: string
  /** Key that was concerned, such as the name of a secret or setting */
  readonly key?: string
  /** Method of the request, such as POST */
  readonly method?: string
  /** Kind of token or app that acted, such as a fine-grained personal access token */
  readonly programmatic_access_type?: string
  /** Whether the repository is public */
  readonly public_repo?: boolean
  /** Page from which the request came */
  readonly referrer?: string
  /** Id of the repository; a number, or a list of numbers for events across repositories */
  readonly repo_id?: string
  /** Ids of repositories that an app or token lost; numbers on the wire, text here */
  readonly repositories_removed?: readonly (string | null)[]
  /** Names of repositories that an app or token lost */
  readonly repositories_removed_names?: readonly (string | null)[]
  /** Whether an app or token reaches all repositories or selected ones */
  readonly repository_selection?: string
  /** Kind of request that led to the event */
  readonly request_category?: string
  /** Id of the request, to find other entries of the same one */
  readonly request_id?: string
  /** Which attempt of the workflow run this is, counted from 1 */
  readonly run_attempt?: WholeNumber
  /** Number of the run within its workflow */
  readonly run_number?: WholeNumber
  /** Id of the runner; a number on the wire, text here */
  readonly runner_id?: string
  /** Id of the runner group; a number on the wire, text here */
  readonly runner_group_id?: string
  /** Runner group that the runner belongs to */
  readonly runner_group_name?: string
  /** Labels of the runner */
  readonly runner_labels?: readonly (string | null)[]
  /** Name of the runner */
  readonly runner_name?: string
  /** Names of the secrets that the job was given */
  readonly secrets_passed?: string
  /** Id of the server that handled the request */
  readonly server_id?: string
  /** When a workflow run began */
  readonly started_at?: string
  /** Id of the token that was used; a number on the wire, text here, 0 when unknown */
  readonly token_id?: string
  /** Scopes of the token that was used; comma-separated text on the wire */
  readonly token_scopes?: string
  /** Topic that was added to or removed from a repository */
  readonly topic?: string
  /** Id of what triggered the workflow run */
  readonly trigger_id?: string
  /** Address of the request or of the thing concerned */
  readonly url?: string
  /** Program that sent the request */
  readonly user_agent?: string
  /** Name that a user gave to a fine-grained personal access token */
  readonly user_programmatic_access_name?: string
  /** Commit that the ref points to after the push */
  readonly after?: string
  /** Commit that the ref pointed to before the push */
  readonly before?: string
  /** Address of the pull request */
  readonly pull_request_url?: string
  /** Title of the pull request */
  readonly pull_request_title?: string
  /** Id of the pull request; a number on the wire, text here */
  readonly pull_request_id?: string
  /** Protection rules that a push broke or overrode */
  readonly reasons?: readonly ({
    /** Name of the rule */
    readonly code?: string
    /** What the rule said */
    readonly message?: string
  } | null)[]
  /** Names of the rules that the actor overrode */
  readonly overridden_codes?: readonly (string | null)[]
  /** Accounts that may push to the protected branch */
  readonly authorized_actors?: readonly (string | null)[]
  /** Names of the accounts, teams and apps that may push to the protected branch */
  readonly authorized_actor_names?: readonly (string | null)[]
  /** Id of the Actions cache entry; a number on the wire, text here */
  readonly actions_cache_id?: string
  /** Key of the Actions cache entry */
  readonly actions_cache_key?: string
  /** Ref that the Actions cache entry belongs to */
  readonly actions_cache_scope?: string
  /** Version hash of the Actions cache entry */
  readonly actions_cache_version?: string
  /** Number of the security alert in its repository */
  readonly alert_number?: WholeNumber
  /** Whether the protected branch may be deleted, and for whom the rule holds */
  readonly allow_deletions_enforcement_level?: string
  /** Whether history may be overwritten on the protected branch, and for whom the rule holds */
  readonly allow_force_pushes_enforcement_level?: string
  /** For whom the rule or setting holds */
  readonly enforcement_level?: string
  /** E-mail address concerned, such as the one that was added or invited */
  readonly email?: string
  /** Id of the security advisory in the GitHub Advisory Database */
  readonly ghsa_id?: string
  /** Whether a locked branch may still be brought up to date with its upstream */
  readonly lock_allows_fetch_and_merge?: boolean
  /** Whether the protected branch is read only, and for whom the rule holds */
  readonly lock_branch_enforcement_level?: string
  /** Whether deployments must succeed before a merge, and for whom the rule holds */
  readonly required_deployments_enforcement_level?: string
  /** Whether review threads must be resolved before a merge, and for whom the rule holds */
  readonly required_review_thread_resolution_enforcement_level?: string
  /** How pull requests are merged: merge, squash or rebase */
  readonly merge_method?: string
  /** Whether merges must pass the merge queue, and for whom the rule holds */
  readonly merge_queue_enforcement_level?: string
  /** Base role of a custom repository role after the change */
  readonly new_repo_base_role?: string
  /** Permission on the repository after the change */
  readonly new_repo_permission?: string
  /** Name of the OAuth app; null when none was used */
  readonly oauth_application?: string
  /** Id of the OAuth app; a number on the wire, text here */
  readonly oauth_application_id?: string
  /** Permission before the change */
  readonly old_permission?: string
  /** Permissions of the app or token before the change */
  readonly old_permissions?: string
  /** Base role of a custom repository role before the change */
  readonly old_repo_base_role?: string
  /** Permission on the repository before the change */
  readonly old_repo_permission?: string
  /** Single permissions that the custom role contains */
  readonly role_permissions?: string
  /** Who may bypass the ruleset */
  readonly ruleset_bypass_actors?: string
  /** Who may bypass the ruleset since the change */
  readonly ruleset_bypass_actors_added?: string
  /** Who may no longer bypass the ruleset */
  readonly ruleset_bypass_actors_deleted?: string
  /** Whose right to bypass the ruleset was altered */
  readonly ruleset_bypass_actors_updated?: string
  /** Refs and repositories that the ruleset applies to */
  readonly ruleset_conditions?: string
  /** Conditions that the change added */
  readonly ruleset_conditions_added?: string
  /** Conditions that the change removed */
  readonly ruleset_conditions_deleted?: string
  /** Conditions that the change altered */
  readonly ruleset_conditions_updated?: string
  /** Whether the ruleset is in force after the change, such as enabled or disabled */
  readonly ruleset_enforcement?: string
  /** Id of the ruleset; a number on the wire, text here */
  readonly ruleset_id?: string
  /** Name of the ruleset */
  readonly ruleset_name?: string
  /** Whether the ruleset was in force before the change */
  readonly ruleset_old_enforcement?: string
  /** Name of the ruleset before the change */
  readonly ruleset_old_name?: string
  /** Rules of the ruleset */
  readonly ruleset_rules?: string
  /** Rules that the change altered, with old and new parameters */
  readonly ruleset_rules_updated?: string
  /** Level that owns the ruleset: repository, organization or enterprise */
  readonly ruleset_source_type?: string
  /** Version that the action started from */
  readonly source_version?: string
  /** Whether a branch must be up to date before its status checks count */
  readonly strict_required_status_checks_policy?: boolean
  /** Version that the action led to */
  readonly target_version?: string
  /** Id of the check run; a number on the wire, text here */
  readonly check_run_id?: string
  /** Whether branch protection holds for administrators too */
  readonly admin_enforced?: boolean
  /** Whether reviews are required, and for whom; a number or a word */
  readonly pull_request_reviews_enforcement_level?: string
  /** Whether status checks are required, and for whom; a number or a word */
  readonly required_status_checks_enforcement_level?: string
  /** Whether history must be linear, and for whom; a number or a word */
  readonly linear_history_requirement_enforcement_level?: string
  /** How many approvals a pull request needs */
  readonly required_approving_review_count?: number
  /** Whether code owners must approve */
  readonly require_code_owner_review?: boolean
  /** Whether commits must be signed, and for whom, as a number */
  readonly signature_requirement_enforcement_level?: number
  /** Name before the change */
  readonly old_name?: string
  /** Permission that was granted or set */
  readonly permission?: string
  /** Login of the account that was invited */
  readonly invitee?: string
  /** Login of the account that sent the invitation */
  readonly inviter?: string
  /** Facts about the package that was published */
  readonly package_published?: string
  /** Facts about the package version that was published */
  readonly package_version_published?: string
  /** Package registry, such as npm or container */
  readonly ecosystem?: string
  /** Whether this package version was published before */
  readonly is_republished?: boolean
  /** Name of the package */
  readonly package?: string
  /** Version of the package */
  readonly version?: string
  /** How many versions were concerned */
  readonly version_count?: WholeNumber
  /** Entry of the IP allow list that was created, changed or removed */
  readonly ip_allow_list_entry?: string
  /** Whether the actor is a bot account */
  readonly actor_is_bot?: boolean
  /** GitHub App concerned */
  readonly integration?: string
  /** Id of a Copilot usage record; a request and its response share it */
  readonly event_id?: string
  /** In a Copilot usage record: request or response */
  readonly type?: string
  /** In a Copilot usage record: the path of the request */
  readonly endpoint?: string
  /** In a Copilot usage record: JSON as text, which can hold prompts and answers */
  readonly body?: string
  /** In a Copilot usage record: whether GitHub shortened it */
  readonly truncated?: boolean
  /** In a Copilot usage record: id of the enterprise; a number on the wire, text here */
  readonly enterprise_id?: string
  /** In a Copilot usage record: id of the request at GitHub */
  readonly github_request_id?: string
  /** Ids of repositories that an app or token gained; numbers on the wire, text here */
  readonly repositories_added?: readonly (string | null)[]
  /** Names of repositories that an app or token gained */
  readonly repositories_added_names?: readonly (string | null)[]
  /** Id of the repository; a number on the wire, text here */
  readonly repository_id?: string
  /** Id of the account at the identity provider; empty when unknown */
  readonly external_id?: string
  /** Enterprise to which a header of the request restricted access; mostly null */
  readonly request_access_security_header?: string
  /** Method of an API request, such as DELETE */
  readonly request_method?: string
  /** Pattern of the path of an API request, such as /repos/{owner}/{repo} */
  readonly route?: string
  /** Path of an API request */
  readonly url_path?: string
  /** Query of an API request */
  readonly query_string?: string
  /** Body of an API request */
  readonly request_body?: string
  /** Status code of the answer to an API request */
  readonly status_code?: WholeNumber
  /** Requests that the caller had left after an API request */
  readonly rate_limit_remaining?: WholeNumber
  /** Id of the audit-log stream that was changed; a number on the wire, text here */
  readonly audit_log_stream_id?: string
  /** Whether the audit-log stream is switched on after the change */
  readonly audit_log_stream_enabled?: boolean
  /** Kind of destination of the audit-log stream, such as Amazon S3 */
  readonly audit_log_stream_sink?: string
  /** Destination of the audit-log stream, such as a bucket */
  readonly audit_log_stream_sink_details?: string
  /** Names of the credentials of the audit-log stream that were changed */
  readonly secrets_updated?: readonly (string | null)[]
  /** Whether the actor is an AI agent */
  readonly actor_is_agent?: boolean
  /** Session of the agent that led to the event */
  readonly agent_session_id?: string
  /** Protocol of a Git operation in words, in older entries */
  readonly protocol_name?: string
  /** When a workflow run was cancelled, as RFC 3339 text */
  readonly cancelled_at?: string
  /** Rules that the change added */
  readonly ruleset_rules_added?: string
  /** Rules that the change removed */
  readonly ruleset_rules_deleted?: string
  /** Kind of secret that secret scanning found */
  readonly secret_type?: string
  /** Kind of secret that secret scanning found, in words */
  readonly secret_type_display_name?: string
  /** Whether the same secret is in more than one repository */
  readonly multi_repo?: boolean
  /** Whether the secret was found in public as well */
  readonly publicly_leaked?: boolean
}
