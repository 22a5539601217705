-- GitHub: does code of strangers run with your rights?
-- A workflow on pull_request_target gives secrets to code from a fork; a runner of your own runs it in your network.
-- :days = 7 How many days to look back
SELECT
  p_event_time,
  p_webhook_event AS what,
  json_extract_scalar(repository, '$.full_name') AS place,
  json_extract_scalar(sender, '$.login') AS who
FROM github_webhook
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND (
    json_extract_scalar(workflow_run, '$.event') = 'pull_request_target'
    AND json_extract_scalar(workflow_run, '$.head_repository.full_name')
      <> json_extract_scalar(repository, '$.full_name')
    OR json_extract_scalar(workflow_job, '$.labels[0]') = 'self-hosted'
  )
UNION ALL
SELECT p_event_time, action, coalesce(json_extract_scalar(org, '$'), org), actor
FROM github_audit
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND action LIKE '%.register_self_hosted_runner'
ORDER BY 1 DESC, 2, 3, 4
