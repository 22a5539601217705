import { describe, expect, test } from 'vitest'
import { webhook as hexWebhook } from '../../../../lambdas/connectors/hex/webhook.ts'
import { requestOf } from '../../../../lambdas/core/webhook/http.ts'

const source = { label: 'Hex', secretId: 'id', options: { header: 'X-AuditLake-Secret' } }
const verify = (headers: Record<string, string>, secrets = ['correct horse']) =>
  hexWebhook.verify(requestOf({ headers, body: '[]' }), secrets, source)

describe('verify', () => {
  test('accepts the secret in the configured header, in any case', () => {
    expect(verify({ 'x-auditlake-secret': 'correct horse' })).toBe(true)
  })

  test('any of several secrets will do; none is never enough', () => {
    expect(verify({ 'x-auditlake-secret': 'b' }, ['a', 'b'])).toBe(true)
    expect(verify({ 'x-auditlake-secret': '' }, [])).toBe(false)
  })
})
