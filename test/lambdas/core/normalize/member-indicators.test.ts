import { expect, test } from 'vitest'
import { type Json, parseJson } from '../../../../lambdas/core/json/json.ts'
import type { IndicatorValues } from '../../../../lambdas/core/normalize/indicators.ts'
import { compileMemberIndicators } from '../../../../lambdas/core/normalize/member-indicators.ts'

const collect = compileMemberIndicators({
  login: ['username'],
  id: ['actor_id'],
  'author.email': ['email'],
  'author.ids': ['actor_id'],
  address: ['ip'],
  'address.of': ['ip'],
})

function found(value: Json): Record<string, string[]> {
  const into: IndicatorValues = new Map()
  collect(value, into)
  return Object.fromEntries([...into].map(([column, values]) => [column, values.all]))
}

test.each<[string, Record<string, string[]>]>([
  ['{"login":"rita","id":42}', { p_any_usernames: ['rita'], p_any_actor_ids: ['42'] }],
  ['{"id":12345678901234567890}', { p_any_actor_ids: ['12345678901234567890'] }],
  ['{"id":0,"login":""}', {}],
  ['{"login":true,"id":{"id":1}}', {}],
  ['{"author":{"email":"rita@acme.example"}}', { p_any_emails: ['rita@acme.example'] }],
  [
    '[{"author":{"email":"a@acme.example"}},[{"author":[{"email":["b@acme.example"]}]}],"c@acme.example"]',
    { p_any_emails: ['a@acme.example', 'b@acme.example'] },
  ],
  ['{"author":{"ids":[1,"two",null,[3]]}}', { p_any_actor_ids: ['1', 'two', '3'] }],
  ['{"address":"192.0.2.1"}', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['{"address":{"of":"192.0.2.1:80"}}', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['{"login":"cut \\ud83d"}', { p_any_usernames: ['cut \ufffd'] }],
  ['{"__proto__":{"login":"rita"},"author":"rita"}', {}],
  ['"rita"', {}],
  ['null', {}],
])('%s', (text, expected) => expect(found(parseJson(text))).toEqual(expected))

test('a hundred thousand distinct values are collected in one pass', () => {
  const people = Array.from({ length: 100_000 }, (_, at) => ({ login: `user-${at}`, id: at + 1 }))
  const { p_any_usernames, p_any_actor_ids } = found(people)
  expect([p_any_usernames?.length, p_any_actor_ids?.length]).toEqual([100_000, 100_000])
})
