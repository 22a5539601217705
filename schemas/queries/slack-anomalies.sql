-- Slack: which anomalies were seen, and why?
-- Slack sees of a session what nobody else does: its cookie, its addresses, its program.
-- :days = 7 How many days to look back
SELECT
  coalesce(json_extract_scalar(details, '$.reason[0]'), json_extract_scalar(details, '$.reason')) AS reason,
  actor.user.email AS who,
  max(context.ip_address) AS address,
  count(DISTINCT p_row_id) AS times,
  max(p_event_time) AS latest
FROM slack_auditlogs
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND action = 'anomaly'
GROUP BY 1, 2
ORDER BY latest DESC, reason, who
