-- Who took out unusually much?
-- Theft looks like work, only more of it. An export of a whole workspace counts alone.
-- :days = 7 How many days to look back
-- :least = 20 Fewest downloads and exports in a day
-- example: least=1
SELECT
  date_trunc('day', "time") AS day,
  metadata_product_name AS product,
  coalesce(actor_user_email_addr, actor_user_name, actor_user_uid) AS who,
  count(DISTINCT metadata_uid) AS events,
  count(DISTINCT resources_uid) AS things
FROM all_events
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND type_uid IN (600107, 600602)
GROUP BY 1, 2, 3
HAVING count(DISTINCT metadata_uid) >= :least OR bool_or(regexp_like(metadata_event_code, '_export'))
ORDER BY events DESC, day DESC, product, who
