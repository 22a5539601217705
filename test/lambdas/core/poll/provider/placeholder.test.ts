import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlaceholder } from '../../../../../lambdas/core/poll/provider/placeholder.ts'

test.each([
  '',
  ' \n',
  '<token>',
  '<put the token of the audit log here>',
  'ghp_xxx',
  'ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
  'sk-ant-admin01-…',
  'sk-ant-api01-simulated-key...',
  'xoxp-0000-0000-0000',
  'hello',
  'changeme',
  '{"token": "…"}',
  '"<token>"',
  '{"apiKey": "<key>"}',
  '{"token": "hello"}',
  '{"appId": "…", "installationId": "…", "privateKey": "…"}',
])('%j is an example', (secret) => {
  expect(isPlaceholder(secret)).toBe(true)
})

test.each([
  'ghp_SimulatedTokenOfNobody0123456789abcd',
  'acme-token-of-nobody-0123456789',
  '{"token": "ghp_SimulatedTokenOfNobody0123456789abcd"}',
  '{"appId": "1", "installationId": "2", "privateKey": "-----BEGIN RSA PRIVATE KEY-----\\nMII"}',
  '{"type": "service_account", "project_id": "your-project-000", "client_email": "a@b.example"}',
  '{"token": 12345',
])('%j is left to the provider', (secret) => {
  expect(isPlaceholder(secret)).toBe(false)
})

test('no random key counts as an example, alone or in JSON', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const key = fc
    .tuple(
      fc.constantFrom('', 'ghp_', 'sk-ant-api01-', 'xoxp-1-'),
      fc.array(fc.constantFrom(...alphabet), { minLength: 20, maxLength: 80 }),
    )
    // A run of one character from end to end is no random key.
    .filter(([, characters]) => new Set(characters).size > 1)
    .map(([prefix, characters]) => prefix + characters.join(''))
  fc.assert(fc.property(key, (text) => !isPlaceholder(text) && !isPlaceholder(JSON.stringify({ token: text }))))
})
