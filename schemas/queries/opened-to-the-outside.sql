-- What was opened to the outside?
-- One click is enough for a leak: public repositories, links, channels and projects.
-- :days = 7 How many days to look back
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
  AND status_id <> 2
  AND (
    metadata_event_code IN (
      'repository.publicized', 'public', 'repo.pages_public',
      'private_channel_converted_to_public', 'file_public_link_created',
      'external_shared_channel_connected', 'external_shared_channel_invite_accepted',
      'SHARE_PROJECT_WITH_PUBLIC', 'UPDATE_ALLOW_EMBEDDING'
    )
    OR regexp_like(metadata_event_code, '_sharing_updated$|artifact_published$')
    OR metadata_uid IN (
      SELECT p_row_id FROM github_audit
      WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
        AND action IN ('repo.access', 'repo.create') AND visibility = 'public'
    )
  )
ORDER BY "time" DESC, metadata_uid
