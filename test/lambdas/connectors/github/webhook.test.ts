import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { webhook as githubWebhook } from '../../../../lambdas/connectors/github/webhook.ts'
import { contentOf, requestOf, type WebhookRequest } from '../../../../lambdas/core/webhook/http.ts'

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
  test('a form carries the JSON in its field', () => {
    const form = `payload=${encodeURIComponent('{"a":"é +&="}')}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    expect(read(request(headers, form))).toEqual([{ a: 'é +&=' }])
    expect(() => read(request(headers, 'other=1'))).toThrow(expect.objectContaining({ code: 'empty' }))
  })

  test.each([
    ['[{}]', 'not_object'],
    ['null', 'not_object'],
  ])('%j is refused as %s', (text, code) => {
    expect(() => read(request({}, text))).toThrow(expect.objectContaining({ code }))
  })
})
