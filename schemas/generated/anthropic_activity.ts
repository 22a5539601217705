// Generated from schemas/anthropic/activity.yaml by npm run generate; do not edit.
import type { LogSchema } from '../definition.ts'
import type { WholeNumber } from '../row-values.ts'
import type { StandardColumns } from './standard-columns.ts'

export const anthropicActivity: LogSchema = {
  logType: 'Anthropic.Activity',
  table: 'anthropic_activity',
  version: 1,
  reference: 'https://platform.claude.com/docs/en/manage-claude/compliance-activity-feed',
  eventTime: [['created_at']],
  key: [[{ part: 'member', anyOf: [['id']] }]],
  attributes: [],
  fields: [
    { name: 'id', column: 'id', id: 1000, type: 'string', required: true },
    { name: 'created_at', column: 'created_at', id: 1001, type: 'timestamp', formats: ['rfc3339'], required: true },
    { name: 'organization_id', column: 'organization_id', id: 1002, type: 'string' },
    { name: 'organization_uuid', column: 'organization_uuid', id: 1003, type: 'string' },
    {
      name: 'actor',
      column: 'actor',
      id: 1004,
      type: 'object',
      fields: [
        { name: 'type', column: 'type', id: 1005, type: 'string', required: true },
        { name: 'email_address', column: 'email_address', id: 1006, type: 'string', indicators: ['email'] },
        { name: 'user_id', column: 'user_id', id: 1007, type: 'string', indicators: ['actor_id'] },
        { name: 'ip_address', column: 'ip_address', id: 1008, type: 'string', indicators: ['ip'] },
        { name: 'user_agent', column: 'user_agent', id: 1009, type: 'string' },
        { name: 'api_key_id', column: 'api_key_id', id: 1010, type: 'string', indicators: ['actor_id'] },
        {
          name: 'unauthenticated_email_address',
          column: 'unauthenticated_email_address',
          id: 1011,
          type: 'string',
          indicators: ['email'],
        },
        { name: 'admin_api_key_id', column: 'admin_api_key_id', id: 1012, type: 'string', indicators: ['actor_id'] },
        {
          name: 'service_account_id',
          column: 'service_account_id',
          id: 1013,
          type: 'string',
          indicators: ['actor_id'],
        },
        { name: 'service', column: 'service', id: 1014, type: 'string', indicators: ['actor_id'] },
        { name: 'directory_id', column: 'directory_id', id: 1015, type: 'string', indicators: ['actor_id'] },
        { name: 'workos_event_id', column: 'workos_event_id', id: 1016, type: 'string' },
        { name: 'idp_connection_type', column: 'idp_connection_type', id: 1017, type: 'string' },
        { name: 'issuer', column: 'issuer', id: 1018, type: 'string', indicators: ['url'] },
        { name: 'subject', column: 'subject', id: 1019, type: 'string', indicators: ['actor_id'] },
        { name: 'audience', column: 'audience', id: 1020, type: 'array', element: { type: 'string' }, elementId: 1021 },
        {
          name: 'provider',
          column: 'provider',
          id: 1022,
          type: 'object',
          fields: [
            { name: 'type', column: 'type', id: 1023, type: 'string' },
            { name: 'account_id', column: 'account_id', id: 1024, type: 'string', indicators: ['aws_account_id'] },
            {
              name: 'signed_principal',
              column: 'signed_principal',
              id: 1025,
              type: 'string',
              indicators: ['aws_arn', 'actor_id'],
            },
            { name: 'subscription_id', column: 'subscription_id', id: 1026, type: 'string', indicators: ['actor_id'] },
            { name: 'project_number', column: 'project_number', id: 1027, type: 'string', indicators: ['actor_id'] },
            { name: 'issuer', column: 'issuer', id: 1028, type: 'string', indicators: ['url'] },
          ],
        },
        {
          name: 'external_client_id',
          column: 'external_client_id',
          id: 1029,
          type: 'string',
          indicators: ['actor_id'],
        },
        { name: 'kid_hash', column: 'kid_hash', id: 1030, type: 'string' },
      ],
      required: true,
    },
    { name: 'type', column: 'type', id: 1031, type: 'string', required: true },
    { name: 'workspace_id', column: 'workspace_id', id: 1032, type: 'string' },
    { name: 'claude_project_id', column: 'claude_project_id', id: 1033, type: 'string' },
    { name: 'user_id', column: 'user_id', id: 1034, type: 'string', indicators: ['actor_id'] },
    { name: 'profile_id', column: 'profile_id', id: 1035, type: 'string' },
    { name: 'previous_value', column: 'previous_value', id: 1036, type: 'json' },
    { name: 'updates', column: 'updates', id: 1037, type: 'json' },
    { name: 'group_id', column: 'group_id', id: 1038, type: 'string' },
    { name: 'agent_id', column: 'agent_id', id: 1039, type: 'string' },
    { name: 'claude_chat_id', column: 'claude_chat_id', id: 1040, type: 'string' },
    { name: 'design_project_id', column: 'design_project_id', id: 1041, type: 'string' },
    { name: 'filename', column: 'filename', id: 1042, type: 'string' },
    { name: 'current_value', column: 'current_value', id: 1043, type: 'json' },
    { name: 'display_name', column: 'display_name', id: 1044, type: 'string' },
    { name: 'project_type', column: 'project_type', id: 1045, type: 'string' },
    { name: 'session_id', column: 'session_id', id: 1046, type: 'string' },
    { name: 'claude_file_id', column: 'claude_file_id', id: 1047, type: 'string' },
    { name: 'marketplace_id', column: 'marketplace_id', id: 1048, type: 'string' },
    { name: 'mcp_server_id', column: 'mcp_server_id', id: 1049, type: 'string' },
    { name: 'plugin_name', column: 'plugin_name', id: 1050, type: 'string' },
    { name: 'spend_limit_id', column: 'spend_limit_id', id: 1051, type: 'string' },
    { name: 'credential_id', column: 'credential_id', id: 1052, type: 'string' },
    { name: 'enabled', column: 'enabled', id: 1053, type: 'boolean' },
    { name: 'mcp_server_name', column: 'mcp_server_name', id: 1054, type: 'string' },
    { name: 'memory_store_id', column: 'memory_store_id', id: 1055, type: 'string' },
    { name: 'principal_id', column: 'principal_id', id: 1056, type: 'string', indicators: ['actor_id'] },
    { name: 'principal_type', column: 'principal_type', id: 1057, type: 'string' },
    { name: 'provider', column: 'provider', id: 1058, type: 'string' },
    { name: 'resource_id', column: 'resource_id', id: 1059, type: 'string' },
    { name: 'reason', column: 'reason', id: 1060, type: 'string' },
    { name: 'role_id', column: 'role_id', id: 1061, type: 'string' },
    { name: 'abuse_session_id', column: 'abuse_session_id', id: 1062, type: 'string' },
    { name: 'access_level', column: 'access_level', id: 1063, type: 'string' },
    { name: 'access_via', column: 'access_via', id: 1064, type: 'string' },
    { name: 'account_id', column: 'account_id', id: 1065, type: 'string', indicators: ['actor_id'] },
    { name: 'action', column: 'action', id: 1066, type: 'string' },
    { name: 'added_seats', column: 'added_seats', id: 1067, type: 'bigint' },
    { name: 'admin_api_key_id', column: 'admin_api_key_id', id: 1068, type: 'string', indicators: ['actor_id'] },
    { name: 'agent_ids', column: 'agent_ids', id: 1069, type: 'array', element: { type: 'string' }, elementId: 1070 },
    {
      name: 'alert_emails',
      column: 'alert_emails',
      id: 1071,
      type: 'array',
      element: { type: 'string', indicators: ['email'] },
      elementId: 1072,
    },
    {
      name: 'alerted_roles',
      column: 'alerted_roles',
      id: 1073,
      type: 'array',
      element: { type: 'string' },
      elementId: 1074,
    },
    { name: 'algorithm', column: 'algorithm', id: 1075, type: 'string' },
    { name: 'amount', column: 'amount', id: 1076, type: 'float' },
    { name: 'api_key_id', column: 'api_key_id', id: 1077, type: 'string', indicators: ['actor_id'] },
    { name: 'api_key_name', column: 'api_key_name', id: 1078, type: 'string' },
    { name: 'approved', column: 'approved', id: 1079, type: 'boolean' },
    { name: 'artifact_type', column: 'artifact_type', id: 1080, type: 'string' },
    { name: 'assertion_jti', column: 'assertion_jti', id: 1081, type: 'string' },
    { name: 'audience', column: 'audience', id: 1082, type: 'json' },
    { name: 'audited_count', column: 'audited_count', id: 1083, type: 'bigint' },
    { name: 'auth_method', column: 'auth_method', id: 1084, type: 'string' },
    { name: 'authorization_basis', column: 'authorization_basis', id: 1085, type: 'json' },
    {
      name: 'authorization_server_issuer',
      column: 'authorization_server_issuer',
      id: 1086,
      type: 'string',
      indicators: ['url'],
    },
    { name: 'baa_content_hash', column: 'baa_content_hash', id: 1087, type: 'string' },
    { name: 'baa_version_label', column: 'baa_version_label', id: 1088, type: 'string' },
    { name: 'billing_address_updated', column: 'billing_address_updated', id: 1089, type: 'boolean' },
    { name: 'billing_interval', column: 'billing_interval', id: 1090, type: 'string' },
    { name: 'billing_name_updated', column: 'billing_name_updated', id: 1091, type: 'boolean' },
    { name: 'cadence', column: 'cadence', id: 1092, type: 'string' },
    { name: 'can_write', column: 'can_write', id: 1093, type: 'boolean' },
    { name: 'cascade_trigger_credential_id', column: 'cascade_trigger_credential_id', id: 1094, type: 'string' },
    {
      name: 'cascaded_agent_ids',
      column: 'cascaded_agent_ids',
      id: 1095,
      type: 'array',
      element: { type: 'string' },
      elementId: 1096,
    },
    { name: 'cascaded_agent_ids_truncated', column: 'cascaded_agent_ids_truncated', id: 1097, type: 'boolean' },
    { name: 'cascaded_from_agent_id', column: 'cascaded_from_agent_id', id: 1098, type: 'string' },
    { name: 'cc_email_count', column: 'cc_email_count', id: 1099, type: 'bigint' },
    { name: 'certificate_fingerprint', column: 'certificate_fingerprint', id: 1100, type: 'string' },
    { name: 'certificate_id', column: 'certificate_id', id: 1101, type: 'string' },
    { name: 'channel_count', column: 'channel_count', id: 1102, type: 'bigint' },
    { name: 'claude_artifact_id', column: 'claude_artifact_id', id: 1103, type: 'string' },
    { name: 'claude_artifact_version_id', column: 'claude_artifact_version_id', id: 1104, type: 'string' },
    { name: 'claude_chat_snapshot_id', column: 'claude_chat_snapshot_id', id: 1105, type: 'string' },
    { name: 'claude_chat_sync_source_id', column: 'claude_chat_sync_source_id', id: 1106, type: 'string' },
    { name: 'claude_project_document_id', column: 'claude_project_document_id', id: 1107, type: 'string' },
    {
      name: 'claude_project_ids',
      column: 'claude_project_ids',
      id: 1108,
      type: 'array',
      element: { type: 'string' },
      elementId: 1109,
    },
    { name: 'claude_project_sync_source_id', column: 'claude_project_sync_source_id', id: 1110, type: 'string' },
    { name: 'claude_published_artifact_id', column: 'claude_published_artifact_id', id: 1111, type: 'string' },
    { name: 'cli_name', column: 'cli_name', id: 1112, type: 'string' },
    { name: 'command_id', column: 'command_id', id: 1113, type: 'string' },
    { name: 'command_name', column: 'command_name', id: 1114, type: 'string' },
    { name: 'completed', column: 'completed', id: 1115, type: 'boolean' },
    { name: 'compliance_api_enabled', column: 'compliance_api_enabled', id: 1116, type: 'boolean' },
    { name: 'compliance_api_logging_enabled', column: 'compliance_api_logging_enabled', id: 1117, type: 'boolean' },
    { name: 'config_changed', column: 'config_changed', id: 1118, type: 'boolean' },
    { name: 'config_id', column: 'config_id', id: 1119, type: 'string' },
    { name: 'connection_id', column: 'connection_id', id: 1120, type: 'string' },
    { name: 'connection_type', column: 'connection_type', id: 1121, type: 'string' },
    { name: 'consent_id', column: 'consent_id', id: 1122, type: 'string' },
    { name: 'consent_type', column: 'consent_type', id: 1123, type: 'string' },
    { name: 'conversation_id', column: 'conversation_id', id: 1124, type: 'string' },
    { name: 'correlation_id', column: 'correlation_id', id: 1125, type: 'string' },
    { name: 'cowork_session_id', column: 'cowork_session_id', id: 1126, type: 'string' },
    { name: 'creation_method', column: 'creation_method', id: 1127, type: 'string' },
    { name: 'credential_type', column: 'credential_type', id: 1128, type: 'string' },
    { name: 'current_mappings', column: 'current_mappings', id: 1129, type: 'json' },
    { name: 'current_role', column: 'current_role', id: 1130, type: 'string' },
    { name: 'current_seat_tier', column: 'current_seat_tier', id: 1131, type: 'string' },
    { name: 'current_version', column: 'current_version', id: 1132, type: 'bigint' },
    { name: 'custom_ca_certificate_updated', column: 'custom_ca_certificate_updated', id: 1133, type: 'boolean' },
    { name: 'decision', column: 'decision', id: 1134, type: 'string' },
    { name: 'default_model', column: 'default_model', id: 1135, type: 'string' },
    {
      name: 'default_source_urls',
      column: 'default_source_urls',
      id: 1136,
      type: 'array',
      element: { type: 'string', indicators: ['url'] },
      elementId: 1137,
    },
    { name: 'default_source_urls_truncated', column: 'default_source_urls_truncated', id: 1138, type: 'boolean' },
    { name: 'delegating_jti', column: 'delegating_jti', id: 1139, type: 'string' },
    { name: 'deleted_all', column: 'deleted_all', id: 1140, type: 'boolean' },
    { name: 'deleted_credential_count', column: 'deleted_credential_count', id: 1141, type: 'bigint' },
    { name: 'deleted_credentials_unknown', column: 'deleted_credentials_unknown', id: 1142, type: 'boolean' },
    { name: 'deleted_destination_count', column: 'deleted_destination_count', id: 1143, type: 'bigint' },
    { name: 'deleted_destinations_unknown', column: 'deleted_destinations_unknown', id: 1144, type: 'boolean' },
    { name: 'deleted_rule_count', column: 'deleted_rule_count', id: 1145, type: 'bigint' },
    { name: 'deleted_rules_unknown', column: 'deleted_rules_unknown', id: 1146, type: 'boolean' },
    { name: 'deleted_user_email', column: 'deleted_user_email', id: 1147, type: 'string', indicators: ['email'] },
    { name: 'deleted_user_id', column: 'deleted_user_id', id: 1148, type: 'string', indicators: ['actor_id'] },
    { name: 'deleted_with_profile', column: 'deleted_with_profile', id: 1149, type: 'boolean' },
    { name: 'deny_message', column: 'deny_message', id: 1150, type: 'string' },
    { name: 'deny_message_enabled', column: 'deny_message_enabled', id: 1151, type: 'boolean' },
    { name: 'deployment_id', column: 'deployment_id', id: 1152, type: 'string' },
    { name: 'description', column: 'description', id: 1153, type: 'string' },
    { name: 'destination_id', column: 'destination_id', id: 1154, type: 'string' },
    { name: 'destinations_repointed', column: 'destinations_repointed', id: 1155, type: 'bigint' },
    { name: 'devices_revoked_count', column: 'devices_revoked_count', id: 1156, type: 'bigint' },
    { name: 'dismissal_reason', column: 'dismissal_reason', id: 1157, type: 'string' },
    { name: 'domain', column: 'domain', id: 1158, type: 'string', indicators: ['domain'] },
    { name: 'enforced', column: 'enforced', id: 1159, type: 'boolean' },
    { name: 'enforcement_mode', column: 'enforcement_mode', id: 1160, type: 'string' },
    { name: 'enrollment_method', column: 'enrollment_method', id: 1161, type: 'string' },
    { name: 'entity_id', column: 'entity_id', id: 1162, type: 'string' },
    { name: 'entity_type', column: 'entity_type', id: 1163, type: 'string' },
    { name: 'environment_id', column: 'environment_id', id: 1164, type: 'string' },
    { name: 'error_subtype', column: 'error_subtype', id: 1165, type: 'string' },
    { name: 'error_type', column: 'error_type', id: 1166, type: 'string' },
    { name: 'event_data', column: 'event_data', id: 1167, type: 'json' },
    { name: 'excluded_runner_id', column: 'excluded_runner_id', id: 1168, type: 'string' },
    { name: 'export_destination', column: 'export_destination', id: 1169, type: 'string' },
    { name: 'export_type', column: 'export_type', id: 1170, type: 'string' },
    { name: 'extension_id', column: 'extension_id', id: 1171, type: 'string' },
    { name: 'external_key_id', column: 'external_key_id', id: 1172, type: 'string' },
    {
      name: 'extra_header_names',
      column: 'extra_header_names',
      id: 1173,
      type: 'array',
      element: { type: 'string' },
      elementId: 1174,
    },
    { name: 'fail_mode', column: 'fail_mode', id: 1175, type: 'string' },
    { name: 'failed', column: 'failed', id: 1176, type: 'boolean' },
    { name: 'federation_issuer_id', column: 'federation_issuer_id', id: 1177, type: 'string' },
    { name: 'federation_rule_id', column: 'federation_rule_id', id: 1178, type: 'string' },
    { name: 'file_id', column: 'file_id', id: 1179, type: 'string' },
    { name: 'final_verdict_timeout_ms', column: 'final_verdict_timeout_ms', id: 1180, type: 'bigint' },
    { name: 'folder_id', column: 'folder_id', id: 1181, type: 'string' },
    { name: 'from_date', column: 'from_date', id: 1182, type: 'string' },
    { name: 'ghe_configuration_id', column: 'ghe_configuration_id', id: 1183, type: 'string' },
    { name: 'github_access', column: 'github_access', id: 1184, type: 'json' },
    { name: 'github_access_changes', column: 'github_access_changes', id: 1185, type: 'json' },
    { name: 'github_app_client_id', column: 'github_app_client_id', id: 1186, type: 'string' },
    { name: 'github_app_client_secret_updated', column: 'github_app_client_secret_updated', id: 1187, type: 'boolean' },
    { name: 'github_app_id', column: 'github_app_id', id: 1188, type: 'string' },
    { name: 'github_app_private_key_updated', column: 'github_app_private_key_updated', id: 1189, type: 'boolean' },
    { name: 'github_username', column: 'github_username', id: 1190, type: 'string', indicators: ['username'] },
    { name: 'github_webhook_id', column: 'github_webhook_id', id: 1191, type: 'string' },
    { name: 'grant_type', column: 'grant_type', id: 1192, type: 'string' },
    { name: 'granted_scopes', column: 'granted_scopes', id: 1193, type: 'string' },
    { name: 'group_name', column: 'group_name', id: 1194, type: 'string' },
    { name: 'guest_policy', column: 'guest_policy', id: 1195, type: 'string' },
    { name: 'guide_id', column: 'guide_id', id: 1196, type: 'string' },
    { name: 'guide_name', column: 'guide_name', id: 1197, type: 'string' },
    { name: 'guide_short_code', column: 'guide_short_code', id: 1198, type: 'string' },
    {
      name: 'host_constraint',
      column: 'host_constraint',
      id: 1199,
      type: 'array',
      element: { type: 'string', indicators: ['hostname'] },
      elementId: 1200,
    },
    { name: 'host_constraint_truncated', column: 'host_constraint_truncated', id: 1201, type: 'boolean' },
    { name: 'hostname', column: 'hostname', id: 1202, type: 'string', indicators: ['hostname'] },
    { name: 'hour', column: 'hour', id: 1203, type: 'string' },
    { name: 'idp_saml_config_updated', column: 'idp_saml_config_updated', id: 1204, type: 'boolean' },
    { name: 'ignore', column: 'ignore', id: 1205, type: 'boolean' },
    { name: 'installation_preference', column: 'installation_preference', id: 1206, type: 'string' },
    { name: 'integration_id', column: 'integration_id', id: 1207, type: 'string' },
    { name: 'integration_type', column: 'integration_type', id: 1208, type: 'string' },
    { name: 'invite_id', column: 'invite_id', id: 1209, type: 'string' },
    { name: 'invited_email', column: 'invited_email', id: 1210, type: 'string', indicators: ['email'] },
    {
      name: 'invited_rbac_group_ids',
      column: 'invited_rbac_group_ids',
      id: 1211,
      type: 'array',
      element: { type: 'string' },
      elementId: 1212,
    },
    { name: 'invited_role', column: 'invited_role', id: 1213, type: 'string' },
    { name: 'invited_seat_tier', column: 'invited_seat_tier', id: 1214, type: 'string' },
    { name: 'invitee_email', column: 'invitee_email', id: 1215, type: 'string', indicators: ['email'] },
    { name: 'is_active', column: 'is_active', id: 1216, type: 'boolean' },
    { name: 'is_enabled', column: 'is_enabled', id: 1217, type: 'boolean' },
    { name: 'is_public', column: 'is_public', id: 1218, type: 'boolean' },
    { name: 'is_redeploy', column: 'is_redeploy', id: 1219, type: 'boolean' },
    { name: 'is_service_created', column: 'is_service_created', id: 1220, type: 'boolean' },
    { name: 'item_allocations', column: 'item_allocations', id: 1221, type: 'json' },
    { name: 'jti', column: 'jti', id: 1222, type: 'string' },
    { name: 'key_backing_type', column: 'key_backing_type', id: 1223, type: 'string' },
    { name: 'key_group_identifier', column: 'key_group_identifier', id: 1224, type: 'string' },
    { name: 'key_name', column: 'key_name', id: 1225, type: 'string' },
    {
      name: 'keys_deleted',
      column: 'keys_deleted',
      id: 1226,
      type: 'array',
      element: { type: 'string' },
      elementId: 1227,
    },
    { name: 'keys_deleted_count', column: 'keys_deleted_count', id: 1228, type: 'bigint' },
    {
      name: 'keys_written',
      column: 'keys_written',
      id: 1229,
      type: 'array',
      element: { type: 'string' },
      elementId: 1230,
    },
    { name: 'keys_written_count', column: 'keys_written_count', id: 1231, type: 'bigint' },
    { name: 'limit_action', column: 'limit_action', id: 1232, type: 'string' },
    { name: 'limit_type', column: 'limit_type', id: 1233, type: 'string' },
    { name: 'limit_usd', column: 'limit_usd', id: 1234, type: 'float' },
    { name: 'limiter_type', column: 'limiter_type', id: 1235, type: 'string' },
    { name: 'link_id', column: 'link_id', id: 1236, type: 'string' },
    { name: 'lti_platform_id', column: 'lti_platform_id', id: 1237, type: 'string' },
    { name: 'lti_platform_issuer', column: 'lti_platform_issuer', id: 1238, type: 'string', indicators: ['url'] },
    { name: 'magic_link_enabled', column: 'magic_link_enabled', id: 1239, type: 'boolean' },
    { name: 'magic_link_toggled', column: 'magic_link_toggled', id: 1240, type: 'boolean' },
    { name: 'managed_auth_mode', column: 'managed_auth_mode', id: 1241, type: 'string' },
    { name: 'max_permission', column: 'max_permission', id: 1242, type: 'string' },
    { name: 'mcp_directory_server_id', column: 'mcp_directory_server_id', id: 1243, type: 'string' },
    { name: 'mcp_directory_server_name', column: 'mcp_directory_server_name', id: 1244, type: 'string' },
    {
      name: 'member_ids',
      column: 'member_ids',
      id: 1245,
      type: 'array',
      element: { type: 'string', indicators: ['actor_id'] },
      elementId: 1246,
    },
    { name: 'memory_id', column: 'memory_id', id: 1247, type: 'string' },
    { name: 'memory_version_id', column: 'memory_version_id', id: 1248, type: 'string' },
    { name: 'method', column: 'method', id: 1249, type: 'string' },
    { name: 'mfa_method', column: 'mfa_method', id: 1250, type: 'string' },
    { name: 'model', column: 'model', id: 1251, type: 'string' },
    { name: 'model_access', column: 'model_access', id: 1252, type: 'json' },
    { name: 'model_group', column: 'model_group', id: 1253, type: 'string' },
    { name: 'new_checksum', column: 'new_checksum', id: 1254, type: 'string' },
    { name: 'new_collection_method', column: 'new_collection_method', id: 1255, type: 'string' },
    { name: 'new_limit_usd', column: 'new_limit_usd', id: 1256, type: 'float' },
    { name: 'new_link_permission', column: 'new_link_permission', id: 1257, type: 'string' },
    { name: 'new_mode', column: 'new_mode', id: 1258, type: 'string' },
    {
      name: 'new_otlp_content_capture',
      column: 'new_otlp_content_capture',
      id: 1259,
      type: 'array',
      element: { type: 'string' },
      elementId: 1260,
    },
    { name: 'new_otlp_endpoint', column: 'new_otlp_endpoint', id: 1261, type: 'string', indicators: ['url'] },
    { name: 'new_otlp_protocol', column: 'new_otlp_protocol', id: 1262, type: 'string' },
    { name: 'new_otlp_resource_attributes', column: 'new_otlp_resource_attributes', id: 1263, type: 'string' },
    { name: 'new_owner_id', column: 'new_owner_id', id: 1264, type: 'string', indicators: ['actor_id'] },
    { name: 'new_plan', column: 'new_plan', id: 1265, type: 'string' },
    { name: 'new_quantity', column: 'new_quantity', id: 1266, type: 'bigint' },
    { name: 'new_scope', column: 'new_scope', id: 1267, type: 'string' },
    { name: 'new_signing_key_id', column: 'new_signing_key_id', id: 1268, type: 'string' },
    { name: 'new_user_count', column: 'new_user_count', id: 1269, type: 'bigint' },
    { name: 'new_value', column: 'new_value', id: 1270, type: 'string' },
    { name: 'new_write_mode', column: 'new_write_mode', id: 1271, type: 'string' },
    { name: 'new_write_user_count', column: 'new_write_user_count', id: 1272, type: 'bigint' },
    { name: 'oauth_app_id', column: 'oauth_app_id', id: 1273, type: 'string' },
    { name: 'old_plan', column: 'old_plan', id: 1274, type: 'string' },
    { name: 'old_signing_key_id', column: 'old_signing_key_id', id: 1275, type: 'string' },
    { name: 'omitted_source_url_count', column: 'omitted_source_url_count', id: 1276, type: 'bigint' },
    { name: 'op_name', column: 'op_name', id: 1277, type: 'string' },
    { name: 'opt_decision', column: 'opt_decision', id: 1278, type: 'string' },
    { name: 'org_id', column: 'org_id', id: 1279, type: 'string' },
    { name: 'organization_name', column: 'organization_name', id: 1280, type: 'string' },
    { name: 'otlp_headers_change', column: 'otlp_headers_change', id: 1281, type: 'string' },
    { name: 'outcome', column: 'outcome', id: 1282, type: 'string' },
    { name: 'override_user_selection', column: 'override_user_selection', id: 1283, type: 'boolean' },
    { name: 'per_review_limit_usd', column: 'per_review_limit_usd', id: 1284, type: 'string' },
    { name: 'plan_type', column: 'plan_type', id: 1285, type: 'string' },
    { name: 'platform', column: 'platform', id: 1286, type: 'string' },
    { name: 'plugin_id', column: 'plugin_id', id: 1287, type: 'string' },
    { name: 'policies', column: 'policies', id: 1288, type: 'json' },
    { name: 'port', column: 'port', id: 1289, type: 'bigint' },
    { name: 'preview_only', column: 'preview_only', id: 1290, type: 'boolean' },
    { name: 'previous_access_level', column: 'previous_access_level', id: 1291, type: 'string' },
    { name: 'previous_billing_type', column: 'previous_billing_type', id: 1292, type: 'string' },
    { name: 'previous_channel_count', column: 'previous_channel_count', id: 1293, type: 'bigint' },
    { name: 'previous_checksum', column: 'previous_checksum', id: 1294, type: 'string' },
    { name: 'previous_credential_id', column: 'previous_credential_id', id: 1295, type: 'string' },
    { name: 'previous_display_name', column: 'previous_display_name', id: 1296, type: 'string' },
    { name: 'previous_enabled', column: 'previous_enabled', id: 1297, type: 'boolean' },
    { name: 'previous_environment_id', column: 'previous_environment_id', id: 1298, type: 'string' },
    { name: 'previous_github_app_client_id', column: 'previous_github_app_client_id', id: 1299, type: 'string' },
    { name: 'previous_github_app_id', column: 'previous_github_app_id', id: 1300, type: 'string' },
    { name: 'previous_is_active', column: 'previous_is_active', id: 1301, type: 'boolean' },
    { name: 'previous_link_permission', column: 'previous_link_permission', id: 1302, type: 'string' },
    { name: 'previous_mappings', column: 'previous_mappings', id: 1303, type: 'json' },
    { name: 'previous_max_permission', column: 'previous_max_permission', id: 1304, type: 'string' },
    { name: 'previous_mode', column: 'previous_mode', id: 1305, type: 'string' },
    { name: 'previous_model', column: 'previous_model', id: 1306, type: 'string' },
    {
      name: 'previous_otlp_content_capture',
      column: 'previous_otlp_content_capture',
      id: 1307,
      type: 'array',
      element: { type: 'string' },
      elementId: 1308,
    },
    { name: 'previous_otlp_endpoint', column: 'previous_otlp_endpoint', id: 1309, type: 'string', indicators: ['url'] },
    { name: 'previous_otlp_protocol', column: 'previous_otlp_protocol', id: 1310, type: 'string' },
    {
      name: 'previous_otlp_resource_attributes',
      column: 'previous_otlp_resource_attributes',
      id: 1311,
      type: 'string',
    },
    { name: 'previous_owner_id', column: 'previous_owner_id', id: 1312, type: 'string', indicators: ['actor_id'] },
    { name: 'previous_per_review_limit_usd', column: 'previous_per_review_limit_usd', id: 1313, type: 'string' },
    { name: 'previous_policies', column: 'previous_policies', id: 1314, type: 'json' },
    { name: 'previous_port', column: 'previous_port', id: 1315, type: 'bigint' },
    { name: 'previous_quantity', column: 'previous_quantity', id: 1316, type: 'bigint' },
    { name: 'previous_role', column: 'previous_role', id: 1317, type: 'string' },
    { name: 'previous_scope', column: 'previous_scope', id: 1318, type: 'string' },
    { name: 'previous_seat_tier', column: 'previous_seat_tier', id: 1319, type: 'string' },
    { name: 'previous_show_tips', column: 'previous_show_tips', id: 1320, type: 'boolean' },
    { name: 'previous_user_count', column: 'previous_user_count', id: 1321, type: 'bigint' },
    { name: 'previous_version', column: 'previous_version', id: 1322, type: 'bigint' },
    { name: 'previous_write_mode', column: 'previous_write_mode', id: 1323, type: 'string' },
    { name: 'previous_write_user_count', column: 'previous_write_user_count', id: 1324, type: 'bigint' },
    { name: 'primary_email_set', column: 'primary_email_set', id: 1325, type: 'boolean' },
    { name: 'program_slug', column: 'program_slug', id: 1326, type: 'string' },
    { name: 'prompt_verdict_timeout_ms', column: 'prompt_verdict_timeout_ms', id: 1327, type: 'bigint' },
    { name: 'read_replica_hostnames_updated', column: 'read_replica_hostnames_updated', id: 1328, type: 'boolean' },
    { name: 'reference_id', column: 'reference_id', id: 1329, type: 'string' },
    { name: 'repo', column: 'repo', id: 1330, type: 'string' },
    { name: 'repo_name', column: 'repo_name', id: 1331, type: 'string' },
    { name: 'repo_owner', column: 'repo_owner', id: 1332, type: 'string' },
    { name: 'repository_name', column: 'repository_name', id: 1333, type: 'string' },
    { name: 'request_body', column: 'request_body', id: 1334, type: 'string' },
    { name: 'request_id', column: 'request_id', id: 1335, type: 'string' },
    { name: 'request_method', column: 'request_method', id: 1336, type: 'string' },
    { name: 'request_type', column: 'request_type', id: 1337, type: 'string' },
    { name: 'requested_count', column: 'requested_count', id: 1338, type: 'bigint' },
    { name: 'requester_user_id', column: 'requester_user_id', id: 1339, type: 'string', indicators: ['actor_id'] },
    { name: 'reset_circuit_breaker', column: 'reset_circuit_breaker', id: 1340, type: 'boolean' },
    { name: 'resolved_count', column: 'resolved_count', id: 1341, type: 'bigint' },
    { name: 'resource_descriptor', column: 'resource_descriptor', id: 1342, type: 'string' },
    { name: 'resource_type', column: 'resource_type', id: 1343, type: 'string' },
    { name: 'resources', column: 'resources', id: 1344, type: 'json' },
    { name: 'restricted_to_organization', column: 'restricted_to_organization', id: 1345, type: 'boolean' },
    { name: 'result', column: 'result', id: 1346, type: 'string' },
    { name: 'resync_uuid', column: 'resync_uuid', id: 1347, type: 'string' },
    { name: 'revoked_count', column: 'revoked_count', id: 1348, type: 'bigint' },
    { name: 'role', column: 'role', id: 1349, type: 'string' },
    { name: 'role_name', column: 'role_name', id: 1350, type: 'string' },
    { name: 'rollout_percentage', column: 'rollout_percentage', id: 1351, type: 'float' },
    { name: 'rotated', column: 'rotated', id: 1352, type: 'boolean' },
    { name: 'rule_id', column: 'rule_id', id: 1353, type: 'string' },
    { name: 'rules_repointed', column: 'rules_repointed', id: 1354, type: 'bigint' },
    { name: 'runner_id', column: 'runner_id', id: 1355, type: 'string' },
    { name: 'runner_pool_id', column: 'runner_pool_id', id: 1356, type: 'string' },
    { name: 'scan_id', column: 'scan_id', id: 1357, type: 'string' },
    { name: 'scan_project_id', column: 'scan_project_id', id: 1358, type: 'string' },
    { name: 'scans_cancelled', column: 'scans_cancelled', id: 1359, type: 'bigint' },
    { name: 'scope', column: 'scope', id: 1360, type: 'string' },
    { name: 'scope_id', column: 'scope_id', id: 1361, type: 'string' },
    { name: 'scope_kind', column: 'scope_kind', id: 1362, type: 'string' },
    { name: 'scopes', column: 'scopes', id: 1363, type: 'array', element: { type: 'string' }, elementId: 1364 },
    { name: 'seat_count', column: 'seat_count', id: 1365, type: 'bigint' },
    { name: 'service_account_id', column: 'service_account_id', id: 1366, type: 'string', indicators: ['actor_id'] },
    { name: 'service_key_id', column: 'service_key_id', id: 1367, type: 'string' },
    { name: 'service_name', column: 'service_name', id: 1368, type: 'string' },
    { name: 'sessions_revoked_count', column: 'sessions_revoked_count', id: 1369, type: 'bigint' },
    { name: 'setup_guide_content_hash', column: 'setup_guide_content_hash', id: 1370, type: 'string' },
    { name: 'shadow_mode', column: 'shadow_mode', id: 1371, type: 'boolean' },
    { name: 'share_id', column: 'share_id', id: 1372, type: 'string' },
    { name: 'shipping_address_updated', column: 'shipping_address_updated', id: 1373, type: 'boolean' },
    { name: 'shipping_name_updated', column: 'shipping_name_updated', id: 1374, type: 'boolean' },
    { name: 'show_tips', column: 'show_tips', id: 1375, type: 'boolean' },
    { name: 'signing_key_id', column: 'signing_key_id', id: 1376, type: 'string' },
    { name: 'skill_id', column: 'skill_id', id: 1377, type: 'string' },
    { name: 'skill_name', column: 'skill_name', id: 1378, type: 'string' },
    { name: 'slack_alias', column: 'slack_alias', id: 1379, type: 'string' },
    { name: 'slack_channel_id', column: 'slack_channel_id', id: 1380, type: 'string' },
    { name: 'slack_team_id', column: 'slack_team_id', id: 1381, type: 'string' },
    { name: 'slug', column: 'slug', id: 1382, type: 'string' },
    { name: 'source', column: 'source', id: 1383, type: 'string' },
    { name: 'source_project_id', column: 'source_project_id', id: 1384, type: 'string' },
    { name: 'spend_limit_increase_request_id', column: 'spend_limit_increase_request_id', id: 1385, type: 'string' },
    { name: 'status', column: 'status', id: 1386, type: 'json' },
    { name: 'status_code', column: 'status_code', id: 1387, type: 'bigint' },
    { name: 'submission_id', column: 'submission_id', id: 1388, type: 'string' },
    {
      name: 'submitted_by_user_id',
      column: 'submitted_by_user_id',
      id: 1389,
      type: 'string',
      indicators: ['actor_id'],
    },
    { name: 'surface', column: 'surface', id: 1390, type: 'string' },
    {
      name: 'sync_destinations',
      column: 'sync_destinations',
      id: 1391,
      type: 'array',
      element: { type: 'string' },
      elementId: 1392,
    },
    { name: 'taint', column: 'taint', id: 1393, type: 'string' },
    { name: 'target_amount', column: 'target_amount', id: 1394, type: 'float' },
    { name: 'target_id', column: 'target_id', id: 1395, type: 'string', indicators: ['actor_id'] },
    { name: 'target_type', column: 'target_type', id: 1396, type: 'string' },
    { name: 'thread_id', column: 'thread_id', id: 1397, type: 'string' },
    { name: 'threshold_amount', column: 'threshold_amount', id: 1398, type: 'float' },
    { name: 'title', column: 'title', id: 1399, type: 'string' },
    { name: 'to_date', column: 'to_date', id: 1400, type: 'string' },
    { name: 'to_email_count', column: 'to_email_count', id: 1401, type: 'bigint' },
    {
      name: 'token_fingerprint_sha256',
      column: 'token_fingerprint_sha256',
      id: 1402,
      type: 'string',
      indicators: ['sha256'],
    },
    { name: 'token_id', column: 'token_id', id: 1403, type: 'string' },
    { name: 'token_name', column: 'token_name', id: 1404, type: 'string' },
    { name: 'tool_name', column: 'tool_name', id: 1405, type: 'string' },
    { name: 'trigger_mode', column: 'trigger_mode', id: 1406, type: 'string' },
    { name: 'trusted_device_id', column: 'trusted_device_id', id: 1407, type: 'string' },
    { name: 'tunnel_id', column: 'tunnel_id', id: 1408, type: 'string' },
    { name: 'tunnel_token_id', column: 'tunnel_token_id', id: 1409, type: 'string' },
    {
      name: 'updated_fields',
      column: 'updated_fields',
      id: 1410,
      type: 'array',
      element: { type: 'string' },
      elementId: 1411,
    },
    { name: 'url', column: 'url', id: 1412, type: 'string', indicators: ['url'] },
    { name: 'user_email', column: 'user_email', id: 1413, type: 'string', indicators: ['email'] },
    { name: 'validation_result', column: 'validation_result', id: 1414, type: 'string' },
    { name: 'value', column: 'value', id: 1415, type: 'float' },
    { name: 'verification_id', column: 'verification_id', id: 1416, type: 'string' },
    { name: 'verification_type', column: 'verification_type', id: 1417, type: 'string' },
    { name: 'version', column: 'version', id: 1418, type: 'string' },
    { name: 'webhook_id', column: 'webhook_id', id: 1419, type: 'string' },
    { name: 'webhook_secret_updated', column: 'webhook_secret_updated', id: 1420, type: 'boolean' },
    { name: 'webhook_url', column: 'webhook_url', id: 1421, type: 'string', indicators: ['url'] },
  ],
}

/** A row of anthropic_activity; a column that is null is left out. */
export type AnthropicActivityRow = StandardColumns & {
  /** Id that Anthropic gave the activity */
  readonly id?: string
  /** When it happened */
  readonly created_at?: string
  /** Organization in which it happened; null for sign-ins and Compliance API calls */
  readonly organization_id?: string
  /** The organization as a UUID; null for sign-ins and Compliance API calls */
  readonly organization_uuid?: string
  /** Who did it; which members are present depends on type */
  readonly actor?: {
    /** Kind of actor, such as user_actor, api_actor or system_actor */
    readonly type?: string
    /** E-mail address of the user; null when Anthropic acted */
    readonly email_address?: string
    /** Id of the user */
    readonly user_id?: string
    /** IP address of the actor; system and directory actors have none */
    readonly ip_address?: string
    /** Browser or program of the actor */
    readonly user_agent?: string
    /** API key that was used */
    readonly api_key_id?: string
    /** E-mail address given before signing in, unverified */
    readonly unauthenticated_email_address?: string
    /** Admin API key that was used */
    readonly admin_api_key_id?: string
    /** Service account that acted */
    readonly service_account_id?: string
    /** Part of Anthropic's system that acted; can be null */
    readonly service?: string
    /** Directory whose synchronization acted */
    readonly directory_id?: string
    /** Event of the directory that led to the action */
    readonly workos_event_id?: string
    /** Kind of identity provider behind the directory; can be null */
    readonly idp_connection_type?: string
    /** Who vouches for the federated identity */
    readonly issuer?: string
    /** Federated identity, as its issuer names it */
    readonly subject?: string
    /** For whom the token of the federated identity was made */
    readonly audience?: readonly (string | null)[]
    /** Cloud or issuer that the federated actor comes from */
    readonly provider?: {
      /** Kind of provider: aws, azure, gcp or oidc */
      readonly type?: string
      /** Account at AWS */
      readonly account_id?: string
      /** Role or user at AWS that signed */
      readonly signed_principal?: string
      /** Subscription at Azure */
      readonly subscription_id?: string
      /** Project at Google Cloud */
      readonly project_number?: string
      /** Issuer of an OpenID Connect token */
      readonly issuer?: string
    }
    /** Client on an attested device */
    readonly external_client_id?: string
    /** Hash of the key of the attested device */
    readonly kid_hash?: string
  }
  /** What happened, such as claude_chat_created; an open set of several hundred */
  readonly type?: string
  /** Workspace of the Claude Platform in which it happened */
  readonly workspace_id?: string
  /** Project in Claude that is concerned */
  readonly claude_project_id?: string
  /** User whom the action concerned, such as the member who was added or viewed */
  readonly user_id?: string
  /** Agent proxy profile that is concerned */
  readonly profile_id?: string
  /** Value of a setting before the change; boolean in most types, text in some */
  readonly previous_value?: string
  /** Changes as a list of type, previous value and current value */
  readonly updates?: string
  /** Group whose members or permissions are concerned */
  readonly group_id?: string
  /** Agent that is concerned */
  readonly agent_id?: string
  /** Chat in Claude that is concerned */
  readonly claude_chat_id?: string
  /** Design project that is concerned */
  readonly design_project_id?: string
  /** Name of the file or project document */
  readonly filename?: string
  /** Value of a setting after the change; boolean in most types, text in some */
  readonly current_value?: string
  /** Name that people gave to the credential, profile, runner pool, agent or connection */
  readonly display_name?: string
  /** Kind of design project */
  readonly project_type?: string
  /** Agent or runner session that is concerned */
  readonly session_id?: string
  /** File in Claude that is concerned */
  readonly claude_file_id?: string
  /** Plugin marketplace that is concerned */
  readonly marketplace_id?: string
  /** MCP server or connector that is concerned */
  readonly mcp_server_id?: string
  /** Plugin that is concerned */
  readonly plugin_name?: string
  /** Spending limit that was set or removed */
  readonly spend_limit_id?: string
  /** Credential that was created, rotated, used or deleted */
  readonly credential_id?: string
  /** Whether the feature is switched on after the change */
  readonly enabled?: boolean
  /** Name of the MCP server or connector */
  readonly mcp_server_name?: string
  /** Agent memory store that is concerned */
  readonly memory_store_id?: string
  /** User or group that gained or lost a role or capability */
  readonly principal_id?: string
  /** Whether the principal is a user, a group or another kind */
  readonly principal_type?: string
  /** Outside service: of a synchronized source, a sign-in or an encryption key */
  readonly provider?: string
  /** Resource that was shared or that a role applies to */
  readonly resource_id?: string
  /** Why something failed, was refused or was revoked */
  readonly reason?: string
  /** Role that was assigned, changed or taken away */
  readonly role_id?: string
  /** Session that a decision on abuse is about */
  readonly abuse_session_id?: string
  /** Access that was given to a group or a shared session */
  readonly access_level?: string
  /** How the project was reached, such as a link */
  readonly access_via?: string
  /** Account of the workspace member whose spending is limited */
  readonly account_id?: string
  /** What was done to the installation preference */
  readonly action?: string
  /** Seats that were added */
  readonly added_seats?: WholeNumber
  /** Admin API key that was created, changed or deleted */
  readonly admin_api_key_id?: string
  /** Agents that the assignment is for */
  readonly agent_ids?: readonly (string | null)[]
  /** E-mail addresses that are told about spending */
  readonly alert_emails?: readonly (string | null)[]
  /** Roles that are told about spending */
  readonly alerted_roles?: readonly (string | null)[]
  /** Algorithm of the signing key */
  readonly algorithm?: string
  /** Amount of the spending limit */
  readonly amount?: number
  /** API key that was created, changed or deleted */
  readonly api_key_id?: string
  /** Name of the API key */
  readonly api_key_name?: string
  /** Whether the proposal to join was approved */
  readonly approved?: boolean
  /** Kind of artifact, as a media type */
  readonly artifact_type?: string
  /** Id of the assertion that was exchanged for a token */
  readonly assertion_jti?: string
  /** With whom it is shared, as a list of audience and visibility_type */
  readonly audience?: string
  /** Deleted items that have entries of their own */
  readonly audited_count?: WholeNumber
  /** How the person signed in */
  readonly auth_method?: string
  /** Why the change was allowed: Slack channel and team, and the roles that granted it */
  readonly authorization_basis?: string
  /** Address of the server that issued the token */
  readonly authorization_server_issuer?: string
  /** Hash of the business associate agreement that was accepted */
  readonly baa_content_hash?: string
  /** Version of the business associate agreement that was accepted */
  readonly baa_version_label?: string
  /** Whether the billing address changed */
  readonly billing_address_updated?: boolean
  /** How often the subscription is billed */
  readonly billing_interval?: string
  /** Whether the name on bills changed */
  readonly billing_name_updated?: boolean
  /** How often the security scan runs */
  readonly cadence?: string
  /** Whether the agent may write to the channel */
  readonly can_write?: boolean
  /** Credential whose deletion led to this one */
  readonly cascade_trigger_credential_id?: string
  /** Agents that were deleted along with this one */
  readonly cascaded_agent_ids?: readonly (string | null)[]
  /** Whether the list of agents is cut */
  readonly cascaded_agent_ids_truncated?: boolean
  /** Agent whose deletion led to this one */
  readonly cascaded_from_agent_id?: string
  /** Addresses that get copies of bills */
  readonly cc_email_count?: WholeNumber
  /** Fingerprint of the tunnel's certificate */
  readonly certificate_fingerprint?: string
  /** Certificate of a tunnel that was added or revoked */
  readonly certificate_id?: string
  /** Channels that the role is assigned to after the change */
  readonly channel_count?: WholeNumber
  /** Artifact in Claude that is concerned */
  readonly claude_artifact_id?: string
  /** Version of the artifact that is concerned */
  readonly claude_artifact_version_id?: string
  /** Shared snapshot of a chat that is concerned */
  readonly claude_chat_snapshot_id?: string
  /** Source outside Claude that a chat is synchronized with */
  readonly claude_chat_sync_source_id?: string
  /** Document of a project that is concerned */
  readonly claude_project_document_id?: string
  /** Projects that are concerned */
  readonly claude_project_ids?: readonly (string | null)[]
  /** Source outside Claude that a project is synchronized with */
  readonly claude_project_sync_source_id?: string
  /** Published artifact that is concerned */
  readonly claude_published_artifact_id?: string
  /** Command-line program that the policy is about */
  readonly cli_name?: string
  /** Command that was created, replaced or deleted */
  readonly command_id?: string
  /** Name of the command */
  readonly command_name?: string
  /** Whether all trusted devices were revoked */
  readonly completed?: boolean
  /** Whether the Compliance API is switched on after the change */
  readonly compliance_api_enabled?: boolean
  /** Whether activities are recorded for the Compliance API after the change */
  readonly compliance_api_logging_enabled?: boolean
  /** Whether the settings of the synchronized source changed */
  readonly config_changed?: boolean
  /** Settings of code review that the repository belongs to */
  readonly config_id?: string
  /** Connection for single sign-on that is concerned */
  readonly connection_id?: string
  /** Kind of connection for single sign-on */
  readonly connection_type?: string
  /** Consent that was revoked */
  readonly consent_id?: string
  /** Kind of consent */
  readonly consent_type?: string
  /** Conversation that the hook judged */
  readonly conversation_id?: string
  /** Id that the steps of a token exchange share */
  readonly correlation_id?: string
  /** Cowork session that is concerned */
  readonly cowork_session_id?: string
  /** How the design project was made */
  readonly creation_method?: string
  /** Kind of credential */
  readonly credential_type?: string
  /** Which groups give which seats after the change */
  readonly current_mappings?: string
  /** Role of the user after the change */
  readonly current_role?: string
  /** Seat of the user after the change */
  readonly current_seat_tier?: string
  /** Version after the change */
  readonly current_version?: WholeNumber
  /** Whether the certificate authority of GitHub Enterprise Server changed */
  readonly custom_ca_certificate_updated?: boolean
  /** What was decided */
  readonly decision?: string
  /** Model that is used by default after the change */
  readonly default_model?: string
  /** Addresses of the repositories that the agent works on by default */
  readonly default_source_urls?: readonly (string | null)[]
  /** Whether the list of addresses is cut */
  readonly default_source_urls_truncated?: boolean
  /** Id of the token that the revoked one was derived from */
  readonly delegating_jti?: string
  /** Whether all keys were deleted */
  readonly deleted_all?: boolean
  /** Credentials that were deleted along with the profile */
  readonly deleted_credential_count?: WholeNumber
  /** Whether the number of deleted credentials is unknown */
  readonly deleted_credentials_unknown?: boolean
  /** Destinations that were deleted along with the profile */
  readonly deleted_destination_count?: WholeNumber
  /** Whether the number of deleted destinations is unknown */
  readonly deleted_destinations_unknown?: boolean
  /** Rules that were deleted along with the profile */
  readonly deleted_rule_count?: WholeNumber
  /** Whether the number of deleted rules is unknown */
  readonly deleted_rules_unknown?: boolean
  /** E-mail address of the user who was deleted */
  readonly deleted_user_email?: string
  /** User who was deleted */
  readonly deleted_user_id?: string
  /** Whether it was deleted along with its profile */
  readonly deleted_with_profile?: boolean
  /** Text that people see when a hook denies their request */
  readonly deny_message?: string
  /** Whether people see that text */
  readonly deny_message_enabled?: boolean
  /** Deployment of an agent that is concerned */
  readonly deployment_id?: string
  /** Description of the published artifact */
  readonly description?: string
  /** Destination of the agent proxy that is concerned */
  readonly destination_id?: string
  /** Destinations that use the new credential */
  readonly destinations_repointed?: WholeNumber
  /** Trusted devices that were revoked */
  readonly devices_revoked_count?: WholeNumber
  /** Why the vulnerability was dismissed */
  readonly dismissal_reason?: string
  /** Domain name that is concerned */
  readonly domain?: string
  /** Whether the guard is in force after the change */
  readonly enforced?: boolean
  /** What an inference hook does with its verdict */
  readonly enforcement_mode?: string
  /** How the device became a trusted one */
  readonly enrollment_method?: string
  /** What the consent is for */
  readonly entity_id?: string
  /** Kind of thing that the consent is for */
  readonly entity_type?: string
  /** Environment that is used after the change */
  readonly environment_id?: string
  /** Kind of error within its type */
  readonly error_subtype?: string
  /** Kind of error of the token exchange */
  readonly error_type?: string
  /** Facts about the authentication: rule, issuer, token claims or attested client */
  readonly event_data?: string
  /** Runner that the session may not use */
  readonly excluded_runner_id?: string
  /** Where the file was exported to */
  readonly export_destination?: string
  /** Kind of export */
  readonly export_type?: string
  /** Desktop extension that is concerned */
  readonly extension_id?: string
  /** Encryption key outside Anthropic that is concerned */
  readonly external_key_id?: string
  /** Names of the headers that are sent to the hook */
  readonly extra_header_names?: readonly (string | null)[]
  /** What happens when the hook does not answer */
  readonly fail_mode?: string
  /** Whether the listing failed */
  readonly failed?: boolean
  /** Issuer of federated identities that is concerned */
  readonly federation_issuer_id?: string
  /** Rule on federated identities that is concerned */
  readonly federation_rule_id?: string
  /** File of the Claude Platform that is concerned */
  readonly file_id?: string
  /** How long the hook may take for its final verdict, in milliseconds */
  readonly final_verdict_timeout_ms?: WholeNumber
  /** Folder of Google Drive that is concerned */
  readonly folder_id?: string
  /** First day of the export */
  readonly from_date?: string
  /** Settings of a GitHub Enterprise Server that are concerned */
  readonly ghe_configuration_id?: string
  /** Repositories that the profile may use, by installation of the GitHub App */
  readonly github_access?: string
  /** How the repositories that the profile may use changed */
  readonly github_access_changes?: string
  /** Client id of the GitHub App after the change */
  readonly github_app_client_id?: string
  /** Whether the client secret of the GitHub App changed */
  readonly github_app_client_secret_updated?: boolean
  /** Id of the GitHub App after the change; a number on the wire, text here */
  readonly github_app_id?: string
  /** Whether the private key of the GitHub App changed */
  readonly github_app_private_key_updated?: boolean
  /** Name of the GitHub account whose token was imported */
  readonly github_username?: string
  /** Webhook at GitHub that tells of changes in the marketplace; a number on the wire, text here */
  readonly github_webhook_id?: string
  /** Capability that was granted or taken away */
  readonly grant_type?: string
  /** Scopes of the imported token */
  readonly granted_scopes?: string
  /** Name of the group */
  readonly group_name?: string
  /** What guests may do with the agent */
  readonly guest_policy?: string
  /** Onboarding guide that is concerned */
  readonly guide_id?: string
  /** Name of the onboarding guide */
  readonly guide_name?: string
  /** Short code of the onboarding guide */
  readonly guide_short_code?: string
  /** Hosts that the credential may be used with */
  readonly host_constraint?: readonly (string | null)[]
  /** Whether the list of hosts is cut */
  readonly host_constraint_truncated?: boolean
  /** Name of the GitHub Enterprise Server */
  readonly hostname?: string
  /** Hour whose network events were listed */
  readonly hour?: string
  /** Whether the SAML settings of the identity provider changed */
  readonly idp_saml_config_updated?: boolean
  /** Whether the spending limit is ignored after the change */
  readonly ignore?: boolean
  /** Whether the plugin is installed for people, after the change */
  readonly installation_preference?: string
  /** Integration that is concerned */
  readonly integration_id?: string
  /** Kind of integration, such as slack or github */
  readonly integration_type?: string
  /** Invitation that is concerned */
  readonly invite_id?: string
  /** E-mail address that was invited */
  readonly invited_email?: string
  /** Groups that the invited person joins */
  readonly invited_rbac_group_ids?: readonly (string | null)[]
  /** Role that the invited person gets */
  readonly invited_role?: string
  /** Seat that the invited person gets */
  readonly invited_seat_tier?: string
  /** E-mail address of the person who was invited */
  readonly invitee_email?: string
  /** Whether the settings are in force after the change */
  readonly is_active?: boolean
  /** Whether the setting is switched on after the change */
  readonly is_enabled?: boolean
  /** Whether the artifact can be seen without signing in */
  readonly is_public?: boolean
  /** Whether the artifact had been published before */
  readonly is_redeploy?: boolean
  /** Whether a service was made along with the key */
  readonly is_service_created?: boolean
  /** Seats that were bought, by kind */
  readonly item_allocations?: string
  /** Id of the token that was revoked */
  readonly jti?: string
  /** How the signing key is stored */
  readonly key_backing_type?: string
  /** Group of keys that was rotated */
  readonly key_group_identifier?: string
  /** Name of the key */
  readonly key_name?: string
  /** Settings that were deleted */
  readonly keys_deleted?: readonly (string | null)[]
  /** Number of settings that were deleted */
  readonly keys_deleted_count?: WholeNumber
  /** Settings that were written */
  readonly keys_written?: readonly (string | null)[]
  /** Number of settings that were written */
  readonly keys_written_count?: WholeNumber
  /** What happens when the spending limit is reached */
  readonly limit_action?: string
  /** Kind of spending limit */
  readonly limit_type?: string
  /** Spending limit in US dollars */
  readonly limit_usd?: number
  /** What the rate limit counts */
  readonly limiter_type?: string
  /** Link for giving a credential that is concerned */
  readonly link_id?: string
  /** Learning platform that is concerned */
  readonly lti_platform_id?: string
  /** Address that identifies the learning platform */
  readonly lti_platform_issuer?: string
  /** Whether people may sign in by a link in an e-mail, after the change */
  readonly magic_link_enabled?: boolean
  /** Whether signing in by a link in an e-mail was switched */
  readonly magic_link_toggled?: boolean
  /** How Claude signs in to the MCP server */
  readonly managed_auth_mode?: string
  /** Most that the tool or command is allowed after the change */
  readonly max_permission?: string
  /** Entry of the MCP directory that was published */
  readonly mcp_directory_server_id?: string
  /** Name in the MCP directory */
  readonly mcp_directory_server_name?: string
  /** Users who joined or left the group, or should have */
  readonly member_ids?: readonly (string | null)[]
  /** Memory of an agent that is concerned */
  readonly memory_id?: string
  /** Version of the memory that is concerned */
  readonly memory_version_id?: string
  /** How the person proved who they are a second time */
  readonly method?: string
  /** Second factor that was used at sign-in */
  readonly mfa_method?: string
  /** Model that is used after the change */
  readonly model?: string
  /** Which models may be used after the change */
  readonly model_access?: string
  /** Models that share the rate limit */
  readonly model_group?: string
  /** Checksum of the content after the change */
  readonly new_checksum?: string
  /** How invoices are collected after the change */
  readonly new_collection_method?: string
  /** Spending limit in US dollars after the change */
  readonly new_limit_usd?: number
  /** What a link allows after the change */
  readonly new_link_permission?: string
  /** Mode after the change: of sharing an artifact, or of provisioning users */
  readonly new_mode?: string
  /** Content that telemetry holds after the change */
  readonly new_otlp_content_capture?: readonly (string | null)[]
  /** Address that telemetry is sent to after the change */
  readonly new_otlp_endpoint?: string
  /** Protocol of telemetry after the change */
  readonly new_otlp_protocol?: string
  /** Attributes that telemetry carries after the change */
  readonly new_otlp_resource_attributes?: string
  /** Primary owner after the change */
  readonly new_owner_id?: string
  /** Plan after the change */
  readonly new_plan?: string
  /** Number of seats after the change */
  readonly new_quantity?: WholeNumber
  /** Who can reach the project after the change */
  readonly new_scope?: string
  /** Signing key after the rotation */
  readonly new_signing_key_id?: string
  /** Users whom the artifact is shared with after the change */
  readonly new_user_count?: WholeNumber
  /** Value after the change */
  readonly new_value?: string
  /** Who may change the artifact after the change */
  readonly new_write_mode?: string
  /** Users who may change the artifact after the change */
  readonly new_write_user_count?: WholeNumber
  /** OAuth application that is concerned */
  readonly oauth_app_id?: string
  /** Plan before the change */
  readonly old_plan?: string
  /** Signing key before the rotation */
  readonly old_signing_key_id?: string
  /** Addresses that are missing in the list */
  readonly omitted_source_url_count?: WholeNumber
  /** Command of the program that the policy is about */
  readonly op_name?: string
  /** Whether the workspace opted in or out */
  readonly opt_decision?: string
  /** Organization that the activity names itself */
  readonly org_id?: string
  /** Organization at GitHub that is concerned */
  readonly organization_name?: string
  /** How the headers of telemetry changed */
  readonly otlp_headers_change?: string
  /** How the token exchange ended */
  readonly outcome?: string
  /** Whether the default model replaces what people chose */
  readonly override_user_selection?: boolean
  /** Limit of one code review in US dollars; a number or text on the wire, text here */
  readonly per_review_limit_usd?: string
  /** Plan of the subscription */
  readonly plan_type?: string
  /** Operating system of the device */
  readonly platform?: string
  /** Plugin that is concerned */
  readonly plugin_id?: string
  /** Who can see the group after the change */
  readonly policies?: string
  /** Port of the GitHub Enterprise Server */
  readonly port?: WholeNumber
  /** Whether only a preview of the project was shown */
  readonly preview_only?: boolean
  /** Access before the change */
  readonly previous_access_level?: string
  /** Kind of billing before the change */
  readonly previous_billing_type?: string
  /** Channels that the role was assigned to before the change */
  readonly previous_channel_count?: WholeNumber
  /** Checksum of the content before the change */
  readonly previous_checksum?: string
  /** Credential before the rotation */
  readonly previous_credential_id?: string
  /** Name before the change */
  readonly previous_display_name?: string
  /** Whether the feature was switched on before the change */
  readonly previous_enabled?: boolean
  /** Environment that was used before the change */
  readonly previous_environment_id?: string
  /** Client id of the GitHub App before the change */
  readonly previous_github_app_client_id?: string
  /** Id of the GitHub App before the change; a number on the wire, text here */
  readonly previous_github_app_id?: string
  /** Whether the settings were in force before the change */
  readonly previous_is_active?: boolean
  /** What a link allowed before the change */
  readonly previous_link_permission?: string
  /** Which groups gave which seats before the change */
  readonly previous_mappings?: string
  /** Most that the tool or command was allowed before the change */
  readonly previous_max_permission?: string
  /** Mode before the change */
  readonly previous_mode?: string
  /** Model that was used before the change */
  readonly previous_model?: string
  /** Content that telemetry held before the change */
  readonly previous_otlp_content_capture?: readonly (string | null)[]
  /** Address that telemetry was sent to before the change */
  readonly previous_otlp_endpoint?: string
  /** Protocol of telemetry before the change */
  readonly previous_otlp_protocol?: string
  /** Attributes that telemetry carried before the change */
  readonly previous_otlp_resource_attributes?: string
  /** Primary owner before the change */
  readonly previous_owner_id?: string
  /** Limit of one code review in US dollars before the change; a number or text on the wire, text here */
  readonly previous_per_review_limit_usd?: string
  /** Who could see the group before the change */
  readonly previous_policies?: string
  /** Port of the GitHub Enterprise Server before the change */
  readonly previous_port?: WholeNumber
  /** Number of seats before the change */
  readonly previous_quantity?: WholeNumber
  /** Role before the change */
  readonly previous_role?: string
  /** Who could reach the project before the change */
  readonly previous_scope?: string
  /** Seat of the user before the change */
  readonly previous_seat_tier?: string
  /** Whether code reviews showed tips before the change */
  readonly previous_show_tips?: boolean
  /** Users whom the artifact was shared with before the change */
  readonly previous_user_count?: WholeNumber
  /** Version before the change */
  readonly previous_version?: WholeNumber
  /** Who could change the artifact before the change */
  readonly previous_write_mode?: string
  /** Users who could change the artifact before the change */
  readonly previous_write_user_count?: WholeNumber
  /** Whether bills have a main address */
  readonly primary_email_set?: boolean
  /** Program that was applied for */
  readonly program_slug?: string
  /** How long the hook may take to judge a prompt, in milliseconds */
  readonly prompt_verdict_timeout_ms?: WholeNumber
  /** Whether the names of the read replicas changed */
  readonly read_replica_hostnames_updated?: boolean
  /** Id of the hook's verdict */
  readonly reference_id?: string
  /** Repository that the memory belongs to */
  readonly repo?: string
  /** Repository that is concerned, without its owner */
  readonly repo_name?: string
  /** Owner of the repository */
  readonly repo_owner?: string
  /** Repository at GitHub that is concerned */
  readonly repository_name?: string
  /** Body of the request to the Compliance API */
  readonly request_body?: string
  /** Id of the request */
  readonly request_id?: string
  /** Method of the request to the Compliance API, such as GET */
  readonly request_method?: string
  /** What was asked an administrator for */
  readonly request_type?: string
  /** Items whose deletion was asked for */
  readonly requested_count?: WholeNumber
  /** User who asked for a higher spending limit */
  readonly requester_user_id?: string
  /** Whether failures of the hook are counted anew */
  readonly reset_circuit_breaker?: boolean
  /** Requests for the connector that the decision answers */
  readonly resolved_count?: WholeNumber
  /** What is synchronized, such as a folder */
  readonly resource_descriptor?: string
  /** Kind of resource that was shared or that a role applies to */
  readonly resource_type?: string
  /** What the federated identity got access to, as a list of id and type */
  readonly resources?: string
  /** Whether the API key reaches one organization only */
  readonly restricted_to_organization?: boolean
  /** How the import of the token ended */
  readonly result?: string
  /** Run of the directory synchronization */
  readonly resync_uuid?: string
  /** Shares or devices that were revoked */
  readonly revoked_count?: WholeNumber
  /** Role that was given or taken away, or that a share comes with */
  readonly role?: string
  /** Name of the role */
  readonly role_name?: string
  /** Share of the requests that the hook judges */
  readonly rollout_percentage?: number
  /** Whether the secret replaced an earlier one */
  readonly rotated?: boolean
  /** Rule of the agent proxy that is concerned */
  readonly rule_id?: string
  /** Rules that use the new credential */
  readonly rules_repointed?: WholeNumber
  /** Runner that is concerned */
  readonly runner_id?: string
  /** Pool of runners that is concerned */
  readonly runner_pool_id?: string
  /** Security scan that is concerned */
  readonly scan_id?: string
  /** Project of security scans that is concerned */
  readonly scan_project_id?: string
  /** Security scans that were cancelled */
  readonly scans_cancelled?: WholeNumber
  /** What the claim of a Slack workspace covers */
  readonly scope?: string
  /** What the profile is bound to */
  readonly scope_id?: string
  /** Kind of thing that the profile is bound to */
  readonly scope_kind?: string
  /** Scopes of the key */
  readonly scopes?: readonly (string | null)[]
  /** Number of seats of the subscription */
  readonly seat_count?: WholeNumber
  /** Service account that is concerned */
  readonly service_account_id?: string
  /** Key of a service that was created or revoked */
  readonly service_key_id?: string
  /** Service that is concerned */
  readonly service_name?: string
  /** Sessions that were ended */
  readonly sessions_revoked_count?: WholeNumber
  /** Hash of the guide that was accepted */
  readonly setup_guide_content_hash?: string
  /** Whether the verdict of the hook is only recorded */
  readonly shadow_mode?: boolean
  /** Shared session that is concerned */
  readonly share_id?: string
  /** Whether the shipping address changed */
  readonly shipping_address_updated?: boolean
  /** Whether the name for shipping changed */
  readonly shipping_name_updated?: boolean
  /** Whether code reviews show tips after the change */
  readonly show_tips?: boolean
  /** Signing key that is concerned */
  readonly signing_key_id?: string
  /** Skill that is concerned */
  readonly skill_id?: string
  /** Name of the skill */
  readonly skill_name?: string
  /** Name of the agent in Slack */
  readonly slack_alias?: string
  /** Channel in Slack that is concerned */
  readonly slack_channel_id?: string
  /** Workspace in Slack that is concerned */
  readonly slack_team_id?: string
  /** Short name of the agent or profile */
  readonly slug?: string
  /** Where the imported token came from */
  readonly source?: string
  /** Design project that was copied */
  readonly source_project_id?: string
  /** Request for a higher spending limit */
  readonly spend_limit_increase_request_id?: string
  /** State after the change; of an authentication: outcome, detail and reason */
  readonly status?: string
  /** Status code of the answer of the Compliance API */
  readonly status_code?: WholeNumber
  /** Plugin that was submitted to the directory */
  readonly submission_id?: string
  /** User who gave the credential */
  readonly submitted_by_user_id?: string
  /** Application in which it happened */
  readonly surface?: string
  /** What the directory is synchronized with */
  readonly sync_destinations?: readonly (string | null)[]
  /** Mark on the organization or workspace */
  readonly taint?: string
  /** Amount to which a prepaid balance is filled */
  readonly target_amount?: number
  /** Who gained or lost the role */
  readonly target_id?: string
  /** Whether that is a user, a group or another kind */
  readonly target_type?: string
  /** Thread of an agent session that is concerned */
  readonly thread_id?: string
  /** Prepaid balance below which it is filled */
  readonly threshold_amount?: number
  /** Title of the published artifact */
  readonly title?: string
  /** Last day of the export */
  readonly to_date?: string
  /** Addresses that get bills */
  readonly to_email_count?: WholeNumber
  /** SHA-256 of the imported token */
  readonly token_fingerprint_sha256?: string
  /** Token of a tunnel that was minted or revoked */
  readonly token_id?: string
  /** Name of the tunnel's token */
  readonly token_name?: string
  /** Tool of the MCP server that the policy is about */
  readonly tool_name?: string
  /** When a code review begins */
  readonly trigger_mode?: string
  /** Trusted device that is concerned */
  readonly trusted_device_id?: string
  /** Tunnel that is concerned */
  readonly tunnel_id?: string
  /** Token of a tunnel that was revealed or rotated */
  readonly tunnel_token_id?: string
  /** Names of the settings that changed */
  readonly updated_fields?: readonly (string | null)[]
  /** Address of the webhook, or of the request to the Compliance API */
  readonly url?: string
  /** E-mail address of the user whose role or seat changed */
  readonly user_email?: string
  /** Whether the encryption key can be used */
  readonly validation_result?: string
  /** Rate limit after the change */
  readonly value?: number
  /** Verification that evidence was given for */
  readonly verification_id?: string
  /** Kind of verification */
  readonly verification_type?: string
  /** Version of the extension or skill */
  readonly version?: string
  /** Webhook that is concerned */
  readonly webhook_id?: string
  /** Whether the secret of the webhook changed */
  readonly webhook_secret_updated?: boolean
  /** Address of the inference hook */
  readonly webhook_url?: string
}
