-- Was the protection of sign-ins weakened?
-- One switch opens every account: single sign-on, second factors, lists of allowed addresses.
-- :days = 30 How many days to look back
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
      'org.disable_saml', 'org.disable_oidc', 'org.disable_two_factor_requirement',
      'business.disable_saml', 'business.disable_oidc', 'business.disable_two_factor_requirement',
      'two_factor_authentication.disabled', 'pref.sso_setting_changed',
      'pref.two_factor_auth_changed', 'intune_disabled', 'UPDATE_SSO_CONFIGURATION'
    )
    OR regexp_like(metadata_event_code, 'saml_disabled$|^ip_allow_list|^idp_|^org_sso_|^org_ip_restriction_')
    OR regexp_like(metadata_event_code, '^UPDATE_API_TOKEN_')
  )
ORDER BY "time" DESC, metadata_uid
