-- Hex: who changed connections, secrets or rules of the workspace?
-- Hex keeps the passwords of the warehouse.
-- :days = 30 How many days to look back
SELECT
  p_event_time,
  event.action AS action,
  event.actor.metadata.email AS who,
  event.context.location AS address,
  event.metadata.result AS result
FROM hex_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND regexp_like(event.action, 'CONNECTION|SECRET|API_KEY|SSO_|SETTING$|POLICY$|ALLOW_|DOMAIN$')
ORDER BY p_event_time DESC, p_row_id
