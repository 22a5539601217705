-- What did one person do, anywhere?
-- Most investigations begin with a person and an hour. Some providers know people by a name alone: give it as login.
-- :who = 'ada@example.com' E-mail address of the person
-- :login = '' User name of the person, where a provider gives no address
-- :hour = '' One hour in UTC, such as 2026-01-15 10; empty for any
-- :days = 30 How many days to look back
-- example: hour=2026-01-15 10
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
    lower(actor_user_email_addr) = lower(:who)
    OR lower(actor_user_name) = lower(:who)
    OR :login <> '' AND lower(actor_user_name) = lower(:login)
  )
  AND (:hour = '' OR date_format("time", '%Y-%m-%d %H') = :hour)
ORDER BY "time" DESC, metadata_uid
