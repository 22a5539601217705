-- GitHub: where do webhooks deliver to?
-- Each hook copies events to another place.
-- :days = 90 How many days to look back
SELECT
  url_extract_host(config.url) AS host,
  min(p_event_time) AS since,
  max(actor) AS who,
  count(DISTINCT p_row_id) AS changes
FROM github_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND action LIKE 'hook.%'
GROUP BY 1
ORDER BY since DESC, host
