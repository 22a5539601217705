import { expect, test } from 'vitest'
import { parseEvent } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { anthropicActivity } from '../../schemas/generated/anthropic_activity.ts'

const { normalize } = compileNormalizer(anthropicActivity)
const context = { sourceId: 's', sourceLabel: 'S', receivedAt: Date.UTC(2026, 0, 31) }
const roleArn = 'arn:aws:sts::123456789012:assumed-role/ci/run'

/** The kinds of actors that the reference lists and that have an id. */
test.each<[string, object, string[]]>([
  ['user_actor', { email_address: 'ada@example.com', user_id: 'user_01' }, ['user_01']],
  ['api_actor', { api_key_id: 'apikey_01' }, ['apikey_01']],
  ['admin_api_key_actor', { admin_api_key_id: 'admin_key_01' }, ['admin_key_01']],
  ['system_actor', { service: 'directory-sync' }, ['directory-sync']],
  ['service_account_actor', { service_account_id: 'sa_01' }, ['sa_01']],
  [
    'scim_directory_sync_actor',
    { workos_event_id: 'event_01', directory_id: 'directory_01', idp_connection_type: null },
    ['directory_01'],
  ],
  [
    'federated_identity_actor',
    { issuer: 'https://issuer.example', subject: 'repo:acme/site', audience: ['claude'] },
    ['repo:acme/site'],
  ],
  ['federated_actor', { provider: { type: 'aws', account_id: '123456789012', signed_principal: roleArn } }, [roleArn]],
  ['federated_actor', { provider: { type: 'azure', subscription_id: 'sub_01' } }, ['sub_01']],
  ['federated_actor', { provider: { type: 'gcp', project_number: 400123 } }, ['400123']],
  ['federated_actor', { provider: { type: 'oidc', issuer: 'https://issuer.example' }, subject: 'job_01' }, ['job_01']],
  ['attested_device_actor', { external_client_id: 'client_01', kid_hash: 'a1b2' }, ['client_01']],
])('the id of a %s is among the actors, and the schema knows all of it', (type, members, ids) => {
  const row = normalize(parseEvent(Buffer.from(JSON.stringify({ actor: { type, ...members } }))), context)
  expect(row.p_any_actor_ids).toEqual(ids)
  expect(row).not.toHaveProperty('p_unmapped')
})
