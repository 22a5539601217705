-- What was destroyed, moved or archived?
-- Some of it cannot be brought back.
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
  AND (
    type_uid IN (300404, 300405, 600104, 600604)
    OR metadata_event_code IN ('repo.archived', 'org_deletion_requested')
  )
ORDER BY "time" DESC, metadata_uid
