-- Who is active after having left?
-- An account that one provider closed may be open at another.
-- :days = 30 How many days to look back
SELECT
  gone.who,
  gone.since AS left_at,
  gone.product AS left_from,
  seen.product AS active_in,
  max(seen."time") AS latest
FROM (
  SELECT coalesce(user_email_addr, user_name, user_uid) AS who,
    metadata_product_name AS product,
    min("time") AS since
  FROM all_events
  WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
    AND metadata_event_code IN (
      'user_deactivated', 'scim_user_deleted', 'org_user_deleted', 'org_user_left',
      'DEACTIVATE_USER', 'org.remove_member', 'organization.member_removed'
    )
  GROUP BY 1, 2
) AS gone
JOIN (
  SELECT "time", metadata_product_name AS product, actor_user_email_addr, actor_user_name, actor_user_uid
  FROM all_events
  WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
) AS seen
  ON seen."time" > gone.since
  AND gone.who IN (seen.actor_user_email_addr, seen.actor_user_name, seen.actor_user_uid)
GROUP BY 1, 2, 3, 4
ORDER BY latest DESC, who, active_in
