-- Slack: which applications were given powerful scopes?
-- An application reads on when nobody watches.
-- :days = 30 How many days to look back
SELECT
  p_event_time,
  action,
  actor.user.email AS who,
  entity.app.name AS app,
  array_join(entity.app.scopes, ',') AS scopes
FROM slack_auditlogs
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND action LIKE '%app_%' AND regexp_like(array_join(entity.app.scopes, ','), 'admin|auditlogs|:history|search')
UNION ALL
SELECT p_event_time, change_type, user_name, app_type, scope
FROM slack_integrationlogs
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND regexp_like(scope, 'admin|auditlogs|:history|search')
ORDER BY 1 DESC, 2, 3, 4
