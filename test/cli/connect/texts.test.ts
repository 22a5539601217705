import { describe, expect, test } from 'vitest'
import { checkLines } from '../../../cli/connect/check-text.ts'
import { problemOf } from '../../../cli/connect/credential-form.ts'
import type { SourceValues } from '../../../cli/connect/fill.ts'
import { credentialLines, formLines } from '../../../cli/connect/set-up-text.ts'
import type { CredentialKind } from '../../../lambdas/connectors/manifest-set-up.ts'
import { sourceTypes } from '../../../settings/source-types.ts'

const controls = /[\p{Cc}\p{Cf}]/u
const escapes = '\x1b]0;owned\x07\x1b[2J\u202e\n'

function linesOf(type: string, values: Omit<SourceValues, 'facts'>): string {
  const facts = sourceTypes.get(type)
  if (!facts) throw new Error(`there is no type ${type}`)
  const all = { ...values, facts: facts.options }
  return [...formLines(facts.setUp, all), ...credentialLines(facts.setUp, all)].join('\n')
}

describe('the instructions', () => {
  test('hold the values of the source, and defaults of what it leaves out', () => {
    const others = { url: 'https://example.com/hex/audit', secret: 'asked-for' }
    expect(linesOf('hex-webhook', { options: {}, others })).toMatch(
      /URL +https:\/\/example\.com\/hex\/audit\n.*X-AuditLake-Secret\n.*asked-for\n/s,
    )
    expect(linesOf('hex-webhook', { options: { header: 'X-Own' }, others })).toMatch(/name +X-Own\n/)
  })

  test('show what counts for the settings of the source only', () => {
    const organization = linesOf('github-audit', { options: { name: 'octo-org' }, others: {} })
    expect(organization).toContain('Owner of the organization octo-org')
    expect(organization).not.toContain('enterprise octo-org')
    const enterprise = linesOf('github-audit', { options: { name: 'octo', scope: 'enterprise' }, others: {} })
    expect(enterprise).toContain('Administrator of the enterprise octo')
    expect(enterprise).not.toContain('GitHub App')
    const stream = linesOf('github-audit-stream-s3', {
      options: { enterprise: 'octo' },
      others: { region: 'eu-west-1' },
    })
    expect(stream).toMatch(/Region +eu-west-1\n.*OpenID Connect/s)
    expect(stream).not.toContain('Access Key ID')
    expect(stream).not.toContain('Put in')
  })

  test('show everything when the settings are unknown', () => {
    expect(linesOf('github-audit', { others: {} })).toContain('Administrator of the enterprise {name}')
  })

  test('hold no control characters of an option', () => {
    const lines = linesOf('github-audit', { options: { name: `octo${escapes}` }, others: {} }).split('\n')
    for (const line of lines) expect(line).not.toMatch(controls)
  })
})

test('what a provider says reaches the terminal without control characters', () => {
  const checks = [{ stream: `a${escapes}`, ok: false, fault: 'scope', says: `no${escapes}`, remarks: [`r${escapes}`] }]
  const lines = checks.flatMap(checkLines)
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).not.toMatch(controls)
  expect(checkLines({ stream: 'a.b', ok: true, expiresAt: Date.UTC(2027, 0, 31) })).toEqual([
    'a.b: the credential works.',
    '  The credential expires on 2027-01-31.',
  ])
})

describe('a credential', () => {
  const form = { name: '', role: '', path: [], fields: [], page: '' }
  const token: CredentialKind = { ...form, alone: true, json: '{"token": "…"}' }
  const app: CredentialKind = { ...form, json: '{"id": "…", "key": "…"}' }
  const file: CredentialKind = { ...form, alone: true }
  const good = 'ghp_0123456789abcdefghij'

  test.each([
    ['a token', good, [token, app]],
    ['a token in JSON', `{"token": "${good}"}`, [token, app]],
    ['an App with more members', `{"id": "1", "key": "${good}", "note": "x"}`, [token, app]],
    ['any JSON where a kind has no form', `{"type": "service_account", "private_key": "${good}"}`, [file]],
  ])('may be %s', (_, text, kinds) => expect(problemOf(text, kinds)).toBeUndefined())

  test.each([
    ['empty', '', [token], /^No credential/],
    ['too long', 'x'.repeat(65_537), [token], /longer than 65536 bytes/],
    ['bare where only JSON is taken', good, [app], /has to be \{"id"/],
    ['without a member', `{"id": "${good}"}`, [app], /lacks a member/],
    ['broken JSON', `{"token": "${good}"`, [token], /cannot be read as JSON/],
    ['in two lines', `${good}\n${good}`, [token], /line break/],
    ['an example', '<token-of-your-own-account>', [token], /example/],
  ])('may not be %s', (_, text, kinds, message) => {
    const problem = problemOf(text, kinds)
    expect(problem).toMatch(message)
    expect(problem).not.toContain('0123456789')
  })
})
