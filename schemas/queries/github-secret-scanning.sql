-- GitHub: was scanning switched off, did secrets leak?
-- Blind spots are made first. A leaked secret is an alert, and so is one that was pushed all the same.
-- :days = 7 How many days to look back
SELECT
  p_event_time,
  action,
  actor,
  coalesce(coalesce(json_extract_scalar(repo, '$'), repo), json_extract_scalar(org, '$'), org) AS place,
  "number" AS alert,
  secret_type_display_name AS secret
FROM github_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND regexp_like(action, 'secret_scanning|dependabot_|vulnerability_alert|advanced_sec')
  AND regexp_like(action, 'disable|bypass|alert[.](create|dismiss)')
ORDER BY p_event_time DESC, p_row_id
