-- GitHub: who clones many private repositories?
-- Source code leaves by clone. Git events are in the stream of the audit log and in the API, on GitHub Enterprise Cloud.
-- :days = 7 How many days to look back
-- :least = 10 Fewest repositories in a day
-- example: least=1
SELECT
  date_trunc('day', p_event_time) AS day,
  actor,
  hashed_token,
  count(DISTINCT repository) AS repositories
FROM github_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND action IN ('git.clone', 'git.fetch') AND NOT coalesce(repository_public, false)
GROUP BY 1, 2, 3
HAVING count(DISTINCT repository) >= :least
ORDER BY repositories DESC, day DESC, actor
