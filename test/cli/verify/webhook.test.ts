import { expect, test } from 'vitest'
import { verifyWebhook } from '../../../cli/verify/webhook.ts'
import { startReceiver } from '../../support/receiver.ts'

const secret = 'a secret that nobody knows'

const verify = (url: string, value: string | undefined = secret) =>
  verifyWebhook({ read: async () => (value === undefined ? undefined : { value, createdAt: 0 }) }, 'hex-webhook', {
    url,
    secretId: 'arn:secret',
    options: { header: 'X-Own-Secret' },
  })

test('a webhook works that takes the secret and refuses a request without it', async () => {
  const { url, received } = await startReceiver((count) => (count === 1 ? 200 : 401))
  expect(await verify(url)).toEqual({ ok: true })
  expect(received.map(({ headers, body }) => [headers['x-own-secret'], body])).toEqual([
    [secret, '[]'],
    [undefined, '[]'],
  ])
})

test.each([
  ['refuses the secret', 401, 'answers 401 to a request with the secret'],
  ['is not of this stack', 404, 'not a webhook of this stack'],
  ['fails', 503, 'answers 503'],
  ['leads elsewhere', 302, 'answers 302'],
  ['takes requests without the secret', 200, 'answers 200 to a request without the secret'],
])('a webhook that %s', async (_what, status, says) => {
  const { url } = await startReceiver(status)
  expect(await verify(url)).toEqual({ ok: false, says: expect.stringContaining(says) })
})

test('an address where nothing answers is no way in, and an empty secret no secret', async () => {
  expect(await verify('http://127.0.0.1:9/hex/in')).toMatchObject({ ok: false, fault: 'no-egress' })
  const { url, received } = await startReceiver()
  expect(await verify(url, '')).toMatchObject({ ok: false, fault: 'placeholder' })
  expect(received).toEqual([])
})
