-- Did anybody touch the audit trail?
-- Silence can be made: streams of the log, its exports, its keys, and webhooks that were deleted.
-- :days = 30 How many days to look back
SELECT
  "time",
  metadata_product_name AS product,
  metadata_event_code AS operation,
  status,
  coalesce(actor_user_email_addr, actor_user_name, actor_user_uid) AS who,
  coalesce(user_email_addr, user_name, user_uid) AS to_whom,
  resources_name AS resource,
  src_endpoint_ip AS address,
  metadata_uid
FROM all_events
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND (
    metadata_event_code IN (
      'org_compliance_api_settings_updated', 'hook.destroy', 'hook.config_changed',
      'hook.events_changed', 'meta.deleted'
    )
    OR regexp_like(metadata_event_code, '^audit_log_streaming[.]|audit_log_export$|audit_log_git_event_export$')
    OR regexp_like(metadata_event_code, '^audit_log_export_|^pref[.]ext_audit_log_|^ekm_|^native_dlp_')
  )
ORDER BY "time" DESC, metadata_uid
