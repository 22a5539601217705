-- Anthropic: what was connected, and whose access was refused?
-- Connectors reach data elsewhere. Refusals show where somebody probes.
-- :days = 7 How many days to look back
SELECT
  date_trunc('day', p_event_time) AS day,
  type,
  coalesce(actor.email_address, actor.user_id) AS who,
  max(mcp_server_name) AS server,
  count(DISTINCT p_row_id) AS times
FROM anthropic_activity
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND regexp_like(type, '^mcp_|^integration_user_connected$|_access_failed$|_denied$|_failed$')
GROUP BY 1, 2, 3
ORDER BY day DESC, times DESC, type, who
