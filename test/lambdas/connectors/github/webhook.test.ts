import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { webhook as githubWebhook } from '../../../../lambdas/connectors/github/webhook.ts'
import { contentOf, requestOf, type WebhookRequest } from '../../../../lambdas/core/webhook/http.ts'
import { githubEvents } from '../../../../simulators/github/payloads.ts'

// GitHub's own example: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
const secret = "It's a Secret to Everybody"
const body = 'Hello, World!'
const digest = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'

const request = (headers: Record<string, string>, text = body) => requestOf({ headers, body: text })
const source = { label: 'Hooks', secretId: 'id', options: {} }
const read = (of: WebhookRequest) => githubWebhook.read(of, contentOf(of)).events.map(({ event }) => event)
const verify = (signature: string | undefined, secrets = [secret], text = body) =>
  githubWebhook.verify(
    request(signature === undefined ? {} : { 'x-hub-signature-256': signature }, text),
    secrets,
    source,
  )

describe('verify', () => {
  test('accepts the signature of GitHub’s example', () => expect(verify(`sha256=${digest}`)).toBe(true))

  test.each([
    ['of another body', `sha256=${createHmac('sha256', secret).update('other').digest('hex')}`],
    ['too long', `sha256=${digest}00`],
    ['upper-case', `sha256=${digest.toUpperCase()}`],
    ['without its prefix', digest],
    ['SHA-1 in its place', `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`],
    ['with a line break', `sha256=${digest}\n`],
  ])('refuses a signature that is %s', (_how, signature) => expect(verify(signature)).toBe(false))

  test('does not accept SHA-1 alone', () => {
    const sha1 = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`
    expect(githubWebhook.verify(request({ 'x-hub-signature': sha1 }), [secret], source)).toBe(false)
  })

  test('accepts any of several secrets, and refuses all without one', () => {
    expect(verify(`sha256=${digest}`, ['other', secret])).toBe(true)
    expect(verify(`sha256=${digest}`, [])).toBe(false)
  })

  test('covers the raw bytes', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b])
    const signature = `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
    const event = {
      headers: { 'x-hub-signature-256': signature },
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    }
    expect(githubWebhook.verify(requestOf(event), [secret], source)).toBe(true)
  })
})

describe('read', () => {
  const form = (json: string) => `payload=${encodeURIComponent(json)}`
  const formType = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

  test.each([
    ['application/json', {}],
    ['the type of a form', formType],
  ])('the beginning of the body tells a form from JSON, with %s as with any other type', (_type, headers) => {
    expect(read(request(headers, form('{"a":"é +&="}')))).toEqual([{ a: 'é +&=' }])
    expect(read(request(headers, 'payload={"a":"b+c"}'))).toEqual([{ a: 'b c' }])
    expect(read(request(headers, ' {"a":"&payload=%7B%7D&"}'))).toEqual([{ a: '&payload=%7B%7D&' }])
  })

  test('JSON whose text holds a form is that JSON, whatever the content type says', () => {
    const issue = `{"action":"opened","issue":{"title":"hello &${form('{"action":"deleted"}')}&x="}}`
    expect(read(request(formType, issue))).toEqual([JSON.parse(issue)])
  })

  test.each([
    ['with a second payload', `${form('{"a":1}')}&${form('{"a":2}')}`, 'not_json'],
    ['with another field', `${form('{"a":1}')}&b=1`, 'not_json'],
    ['of another field', 'other=1', 'not_json'],
    ['with payload as its second field', `a=1&${form('{}')}`, 'not_json'],
    ['without a value', 'payload=', 'empty'],
    ['with escapes that are not UTF-8', 'payload=%7B%22a%22%3A%22%ff%22%7D', 'invalid_utf8'],
    ['with cut escapes', 'payload=%7B%7', 'invalid_utf8'],
    ['that hides its many values behind escapes', form(`{"a":[${'1,'.repeat(100_000)}1]}`), 'too_large'],
    ['with a million fields', `payload=%7B%7D${'&a'.repeat(1_000_000)}`, 'not_json'],
  ])('a form %s is refused', (_what, text, code) => {
    expect(() => read(request(formType, text))).toThrow(expect.objectContaining({ code }))
  })

  test.each([
    ['[{}]', 'not_object'],
    ['null', 'not_object'],
  ])('%j is refused as %s', (text, code) => {
    expect(() => read(request({}, text))).toThrow(expect.objectContaining({ code }))
  })
})

describe('a ping', () => {
  const ping = { zen: 'Keep it logically awesome.', hook_id: 7, hook: { id: 7, type: 'Organization' } }
  const named = { 'x-github-event': 'ping' }

  test.each([
    ['named so', named],
    ['without a name', {}],
    ['under another name', { 'x-github-event': 'push' }],
  ])('%s is no event', (_how, headers) => {
    expect(read(request(headers, JSON.stringify(ping)))).toEqual([])
  })

  test('is told by its body alone among all examples of GitHub', () => {
    const told = githubEvents.filter(({ payload }) => read(request(named, JSON.stringify(payload))).length === 0)
    expect(told).toEqual(githubEvents.filter(({ event }) => event === 'ping'))
    expect(told).not.toEqual([])
  })

  test.each(['zen', 'hook_id', 'hook'] as const)('without its %s is an event, however it is named', (member) => {
    const { [member]: _left, ...others } = ping
    expect(read(request(named, JSON.stringify(others)))).toEqual([others])
    expect(read(request(named, JSON.stringify({ ...ping, [member]: null })))).toHaveLength(1)
  })

  test('is what the probe sends', () => {
    const { body: sent, headers } = githubWebhook.probe(secret, source)
    expect(read(request({ ...headers }, sent))).toEqual([])
  })
})
