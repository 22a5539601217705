-- Who came from an address for the first time?
-- A stolen session comes from elsewhere. People who are new themselves are left out.
-- :days = 7 How many days to look back
-- :before = 30 How many days before those an address counts as known
SELECT who, address, since, product
FROM (
  SELECT pairs.*, min(since) OVER (PARTITION BY who) AS began
  FROM (
    SELECT coalesce(actor_user_email_addr, actor_user_name, actor_user_uid) AS who,
      src_endpoint_ip AS address,
      min("time") AS since,
      min_by(metadata_product_name, "time") AS product
    FROM all_events
    WHERE dt >= date_format(date_add('day', -:days - :before, current_date), '%Y-%m-%d')
      AND src_endpoint_ip <> '0.0.0.0'
    GROUP BY 1, 2
  ) AS pairs
) AS people
WHERE since >= date_add('day', -:days, localtimestamp)
  AND began < date_add('day', -:days, localtimestamp)
ORDER BY since DESC, who, address
