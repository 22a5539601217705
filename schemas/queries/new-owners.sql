-- Who became an administrator or owner?
-- A grant of rights outlives a changed password and an ended session.
-- :days = 7 How many days to look back
SELECT
  "time",
  metadata_product_name AS product,
  metadata_event_code AS operation,
  status,
  coalesce(actor_user_email_addr, actor_user_name, actor_user_uid) AS who,
  coalesce(user_email_addr, user_name, user_uid) AS to_whom,
  resources_name AS resource,
  src_endpoint_ip AS address,
  metadata_uid
FROM all_events
WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
  AND (
    metadata_event_code IN (
      'business.add_admin', 'business.add_owner', 'organization_role.assign',
      'role_change_to_admin', 'role_change_to_owner', 'permissions_assigned', 'role_assigned',
      'account_type_role_assigned', 'role_assignment_granted', 'rbac_role_assigned',
      'claude_user_role_updated', 'UPDATE_USER_ROLE', 'INVITE_USER_AS_ADMIN'
    )
    OR regexp_like(metadata_event_code, 'owner_transferred$')
    OR metadata_uid IN (
      SELECT p_row_id FROM github_audit
      WHERE dt >= date_format(date_add('day', -:days, current_date), '%Y-%m-%d')
        AND action IN ('org.add_member', 'org.update_member') AND permission = 'admin'
    )
  )
ORDER BY "time" DESC, metadata_uid
