-- Where do sign-ins fail in bursts?
-- Guessed passwords show as failures first.
-- :days = 7 How many days to look back
-- :least = 5 Fewest failures in an hour
-- example: least=1
SELECT
  date_trunc('hour', "time") AS hour,
  metadata_product_name AS product,
  src_endpoint_ip AS address,
  count(DISTINCT metadata_uid) AS failures,
  count(DISTINCT coalesce(actor_user_email_addr, actor_user_name, actor_user_uid)) AS people
FROM all_events
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND class_uid = 3002 AND status_id = 2
GROUP BY 1, 2, 3
HAVING count(DISTINCT metadata_uid) >= :least
ORDER BY failures DESC, hour DESC, address
