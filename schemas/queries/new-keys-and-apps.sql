-- Which keys, tokens and applications are new?
-- They go on working when the session that made them has ended.
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
    type_uid = 600201
    OR metadata_event_code IN (
      'personal_access_token.access_granted', 'oauth_authorization.create', 'service_key_created',
      'GRANT_USER_API_ACCESS', 'CREATE_MAGIC_API_KEY'
    )
    OR regexp_like(metadata_event_code, '^public_key[.]create|^deploy_key[.]create|api_key_created$')
  )
ORDER BY "time" DESC, metadata_uid
