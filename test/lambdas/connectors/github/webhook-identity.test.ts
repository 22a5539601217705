import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect } from '../../../../lambdas/connectors/github/deliveries.ts'
import { webhook } from '../../../../lambdas/connectors/github/webhook.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { attributesIn, readRequest } from '../../../../lambdas/core/webhook/read-request.ts'
import { githubWebhook } from '../../../../schemas/generated/github_webhook.ts'

const { normalize } = compileNormalizer(githubWebhook)
const context = { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt: 0 }
const guid = '1b4f9e2a-f1fe-11f0-8c3d-6d2a7f50e9b1'

/** An event as GitHub may write it: value, and two of its texts. */
type Value = null | boolean | string | bigint | Value[] | { [name: string]: Value }

const names = fc.string({ unit: 'grapheme', maxLength: 6 })
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'grapheme' }),
    // Ids up to far beyond 2^53.
    fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value
const event = fc.dictionary(names, value, { minKeys: 1, maxKeys: 6 })

const plainly = (one: Value): string => {
  if (typeof one === 'bigint') return String(one)
  if (Array.isArray(one)) return `[${one.map(plainly).join(',')}]`
  if (typeof one !== 'object' || one === null) return JSON.stringify(one)
  return `{${Object.entries(one).map(([name, member]) => `${JSON.stringify(name)}:${plainly(member)}`)}}`
}

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`

/** The same value: other order, blanks, escapes and notations of numbers, and without null members. */
const otherwise = (one: Value): string => {
  if (typeof one === 'bigint') return `${one}.0e0`
  if (typeof one === 'string') return escaped(one)
  if (Array.isArray(one)) return `[ ${one.map(otherwise).join(' , ')} ]`
  if (typeof one !== 'object' || one === null) return JSON.stringify(one)
  const members = Object.entries(one).filter(([, member]) => member !== null)
  return `{ ${members
    .toReversed()
    .map(([name, member]) => `${escaped(name)} : ${otherwise(member)}`)
    .join(' ,\n')} }`
}

const usual: Readonly<Record<string, string>> = {
  'x-github-event': 'push',
  'x-github-delivery': guid,
  'x-github-hook-id': '109948940',
}

function idByWebhook(body: string, headers = usual): unknown {
  const request = { header: (name: string) => headers[name], body: Buffer.from(body) }
  const [found] = readRequest(request, webhook, attributesIn(request, webhook)).events
  return (
    found && normalize(found.event, { ...context, ...(found.attributes && { attributes: found.attributes }) }).p_row_id
  )
}

async function idByRecovery(body: string): Promise<unknown> {
  const detail = `{"id":1,"request":{"headers":{},"payload":${body}},"response":null}`
  const http = async () => ({ status: 200, headers: new Headers(), bytes: Buffer.from(detail), receivedAt: 0 })
  const log = connect({
    options: { owner: 'octo', hookId: '109948940' },
    secret: async () => 'token',
    http,
    httpForBodies: http,
  })
  const { event: found } = await log.read({ id: '1', guid, event: 'push', isTooLarge: false })
  return (
    found && normalize(found.event, { ...context, ...(found.attributes && { attributes: found.attributes }) }).p_row_id
  )
}

test('an event has one row id by webhook, by redelivery and by recovery, however it is written', async () => {
  await fc.assert(
    fc.asyncProperty(event, async (one) => {
      const id = idByWebhook(plainly(one))
      expect(id).toMatch(/^[0-9a-f]{32}$/)
      expect(idByWebhook(otherwise(one))).toBe(id)
      expect(idByWebhook(`payload=${encodeURIComponent(plainly(one))}`)).toBe(id)
      expect(await idByRecovery(plainly(one))).toBe(id)
      expect(await idByRecovery(otherwise(one))).toBe(id)
    }),
  )
})

test('two events under one GUID have two row ids, also if they differ in the last digit of a large id', () => {
  expect(idByWebhook('{"id":90071992547409931}')).not.toBe(idByWebhook('{"id":90071992547409932}'))
})

test('no headers give an event the row id of another event', () => {
  const anyHeaders = fc.dictionary(
    fc.constantFrom(...Object.keys(usual)),
    fc.oneof(fc.constantFrom(...Object.values(usual)), fc.string()),
  )
  fc.assert(
    fc.property(event, event, anyHeaders, anyHeaders, (one, other, headers, others) => {
      const isSame = idByWebhook(plainly(one), {}) === idByWebhook(plainly(other), {})
      const [id, otherId] = [idByWebhook(plainly(one), headers), idByWebhook(plainly(other), others)]
      if (!isSame) expect(otherId).not.toBe(id)
    }),
  )
})
