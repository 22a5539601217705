-- GitHub: who weakened or overrode the protection of a branch?
-- Code ships without a review.
-- :days = 7 How many days to look back
SELECT
  p_event_time,
  action,
  actor,
  coalesce(json_extract_scalar(repo, '$'), repo) AS repository,
  branch,
  element_at(reasons, 1).code AS reason
FROM github_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND (
    regexp_like(action, '^protected_branch[.](destroy|policy_override|rejected|update)|^repository_ruleset[.]destroy')
    OR action = 'repository_ruleset.update'
    AND (ruleset_enforcement <> 'enabled' OR ruleset_bypass_actors_added IS NOT NULL)
  )
ORDER BY p_event_time DESC, p_row_id
