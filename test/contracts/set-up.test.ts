import { describe, expect, test } from 'vitest'
import type { CredentialKind, ProviderForm, SetUpFacts } from '../../lambdas/connectors/manifest-set-up.ts'
import { credentialText } from '../../settings/credential-text.ts'
import { sourceTypes } from '../../settings/source-types.ts'

/** What the manifest of every source type says about setting it up at the provider. */

const general = ['url', 'secret', 'region', 'writtenBucket', 'writerRole', 'writerKeyId', 'writerKeySecret']

const all = [...sourceTypes].flatMap(([name, type]) => {
  const { options, setUp } = type
  const recovery = type.mode === 'webhook' ? type.recovery : undefined
  const group = 'recovery' in options ? options.recovery : undefined
  const ofGroup = group?.kind === 'group' ? Object.keys(group.options) : []
  const known = { name, options: Object.keys(options) }
  return [
    { ...known, setUp },
    ...(recovery ? [{ ...known, name: `${name} recovery`, setUp: recovery.setUp, options: ofGroup }] : []),
  ]
})

const formsOf = ({ forms = [], credentials = [] }: SetUpFacts): readonly ProviderForm[] => [...forms, ...credentials]

describe.each(all)('$name', ({ setUp, options }) => {
  test('says what the provider asks for and how one knows that it works', () => {
    expect(formsOf(setUp)).not.toEqual([])
    for (const text of [setUp.plan, setUp.works, ...formsOf(setUp).flatMap(({ name: form, role }) => [form, role])]) {
      expect(text).toMatch(/\S/)
    }
    for (const { path, page } of formsOf(setUp)) {
      expect(path).not.toEqual([])
      expect(page).toMatch(/^https:\/\/\S+$/)
    }
  })

  test('fills in only what is known', () => {
    const used = JSON.stringify(setUp).matchAll(/\{([a-z][A-Za-z]*)\}/g)
    for (const [, placeholder] of used) expect([...general, ...options]).toContain(placeholder)
    for (const { when = {} } of formsOf(setUp)) {
      for (const option of Object.keys(when)) expect(options).toContain(option)
    }
  })

  test('says what a secret holds', () => {
    for (const { alone, json } of setUp.credentials ?? []) {
      expect(alone ?? json).toBeDefined()
      if (json !== undefined) expect(new Set(Object.values(JSON.parse(json)))).toEqual(new Set(['…']))
    }
  })

  test('recommends an event once', () => {
    const events = (setUp.events ?? []).map(({ event }) => event)
    expect(events).toEqual([...new Set(events)])
  })
})

test.each([...sourceTypes].filter(([, { mode }]) => mode === 'webhook'))(
  '%s gives the provider its address and secret',
  (_, { setUp }) => {
    for (const { fields } of setUp.forms ?? []) {
      const values = fields.map(({ value }) => value)
      expect(values).toEqual(expect.arrayContaining(['{url}', '{secret}']))
    }
  },
)

test.each([...sourceTypes].filter(([, { mode }]) => mode === 'poll'))('%s needs a credential', (_, { setUp }) =>
  expect(setUp.credentials ?? []).not.toEqual([]),
)

test('the text of a credential names kinds, their rights and the form of the secret, each kind once', () => {
  const form = { role: '', path: [], fields: [], page: '' }
  const token: CredentialKind = { ...form, name: 'a token', rights: 'read', alone: true, json: '{"token": "…"}' }
  const app: CredentialKind = { ...form, name: 'an App', rights: 'Logs: read', json: '{"id": "…"}' }
  const file: CredentialKind = { ...form, name: 'a file', alone: true }
  expect(credentialText([token, { ...token, role: 'other' }, app, file])).toBe(
    'a token with read, alone or as {"token": "…"}; or an App with Logs: read, as {"id": "…"}; or a file',
  )
})
