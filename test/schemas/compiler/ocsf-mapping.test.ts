import { describe, expect, test } from 'vitest'
import { parseLogSchema } from '../../../schemas/compiler/load.ts'
import { globFault, globPattern } from '../../../schemas/glob.ts'

const schemaWith = (ocsf: string): string => `logType: Acme.Audit
version: 1
description: Audit log
reference: https://docs.acme.example/audit
eventTime: []
key: [[id]]
fields:
  - {name: id, type: string, description: Id}
  - {name: action, type: string, description: Action}
  - {name: score, type: float, description: Score}
  - {name: details, type: json, description: Details}
  - {name: labels, type: array, element: string, description: Labels}
  - name: actor
    type: object
    description: Who
    fields:
      - {name: Email, type: string, description: Address}
ocsf:
${ocsf}
`

const parsed = (ocsf: string) => parseLogSchema('acme.yaml', schemaWith(ocsf))

test('members are found by the names that the provider uses', () => {
  const { ocsf } = parsed(`  operation: [action]
  columns:
    actor_user_email_addr: [actor.Email]
    user_name: [details.user.login]
    group_name: ['labels[]']
  classes: []`)
  const only = (sources: readonly { readonly member: unknown }[] = []) => sources[0]?.member
  expect(only(ocsf?.columns.actor_user_email_addr)).toEqual({
    steps: [{ column: 'actor' }, { column: 'email' }],
    is: 'text',
    inside: [],
  })
  expect(only(ocsf?.columns.user_name)).toMatchObject({ is: 'json', inside: ['user', 'login'] })
  expect(only(ocsf?.columns.group_name)).toMatchObject({ steps: [{ column: 'labels', firstOf: true }], is: 'text' })
})

describe('a mapping is refused, with its line', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['columns: {user_name: [actr.Email]}', /:19:25: .*actr\.Email is not a field of this schema; did you mean actor\?/],
    ['columns: {user_name: [actor.email]}', /actor\.email is not a field of this schema; did you mean Email\?/],
    ['columns: {user_name: [actor]}', /actor is an object; name a member of it/],
    ['columns: {user_name: [score]}', /score is a float; name a text, a whole number or a boolean/],
    ['columns: {user_name: [labels]}', /labels is a list; write labels\[\] for its first element/],
    ["columns: {user_name: ['action[]']}", /action is not a list; leave \[\] out/],
    ["columns: {user_name: [details.it's]}", /it's is not a name that a path in JSON can hold here/],
    ['columns: {user_nam: [action]}', /user_nam: is not a known key; did you mean "user_name"\?/],
    ["columns: {user_name: [{from: action, when: {action: [it's]}}]}", /may not have quotes/],
    ['columns: {user_name: [{from: action, when: {acton: [x]}}]}', /acton is not a field.*did you mean action\?/],
    ['resources: [{type: repo}]', /needs a name or a uid/],
    ['resources: [{name: [action]}]', /needs either type or typeFrom/],
    ['classes: [{class: Authentification, activities: {Logon: [x]}}]', /did you mean Authentication\?/],
    [
      'classes: [{class: Authentication, activities: {Login: [x]}}]',
      /is not an activity of Authentication; did you mean Logon\?/,
    ],
    [
      'classes: [{class: Authentication, activities: {By Verb: [x]}}]',
      /is not an activity of Authentication; write one of/,
    ],
    ["classes: [{class: Authentication, activities: {Logon: ['{a']}}]", /leaves a brace open/],
  ]

  test.each(cases)('%s', (line, problem) => {
    const key = line.slice(0, line.indexOf(':'))
    const others = ['operation: [action]', 'columns: {}', 'classes: []'].filter((other) => !other.startsWith(key))
    const text = [line, ...others].map((one) => `  ${one}`).join('\n')
    expect(() => parsed(text)).toThrow(problem)
  })
})

test.each([
  [['a.b'], '^a[.]b$'],
  [['a', 'b*'], '^(a|b.*)$'],
  [['{a,b}_c'], '^((a|b)_c)$'],
  [['{a,{b,}c}'], '^((a|(b|)c))$'],
])('the texts %j are those of %s', (globs, pattern) => {
  expect(globPattern(globs)).toBe(pattern)
})

test.each(['a,b', 'a}', '{a', "it's", '[a]', 'a\\b'])('%s is refused', (glob) => {
  expect(globFault(glob)).not.toBeUndefined()
})
