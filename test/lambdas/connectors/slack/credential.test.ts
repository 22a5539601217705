import { describe, expect, test } from 'vitest'
import { parseSlackCredential } from '../../../../lambdas/connectors/slack/credential.ts'
import { AuthError } from '../../../../lambdas/core/errors.ts'
import { slackToken } from '../../../support/slack.ts'

const rotated = `xoxe.xoxp-1-${'Mi0yLTE5MDAxOTAw'.repeat(5)}`

function fault(secret: string): unknown {
  try {
    parseSlackCredential(secret)
  } catch (error) {
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ unasked: true })
    return error instanceof AuthError ? error.fault : undefined
  }
  return 'none'
}

describe('a user token', () => {
  test.each([
    ['alone', slackToken, {}],
    ['with white space', `\n ${slackToken}\r\n`, {}],
    ['as a member', JSON.stringify({ token: slackToken, unknown: {} }), {}],
    [
      'with its expiry',
      JSON.stringify({ token: slackToken, expiresAt: '2026-01-15T12:00:00Z' }),
      { expiresAt: 1768478400000 },
    ],
    ['with an expiry that is no time', JSON.stringify({ token: slackToken, expiresAt: 'soon' }), {}],
    ['with an expiry that is no text', JSON.stringify({ token: slackToken, expiresAt: {} }), {}],
  ])('%s', (_form, secret, more) => expect(parseSlackCredential(secret)).toEqual({ token: slackToken, ...more }))

  test('that expires', () => {
    const secret = JSON.stringify({ token: rotated, refreshToken: 'xoxe-1-x', previous: { token: 'xoxp-old' } })
    expect(parseSlackCredential(secret)).toEqual({ token: rotated })
  })
})

test.each([
  ['', 'placeholder'],
  [' \n', 'placeholder'],
  ['xoxp-...', 'placeholder'],
  ['xoxp-…', 'placeholder'],
  ['xoxp-', 'placeholder'],
  ['xoxp-xxxxxxxx-xxxxxxxx', 'placeholder'],
  ['<token>', 'placeholder'],
  ['[token]', 'placeholder'],
  ['YOUR_SLACK_TOKEN', 'placeholder'],
  ['xoxp-your-token', 'placeholder'],
  ['{"token": "xoxp-..."}', 'placeholder'],
  ['{"token": "changeme"}', 'placeholder'],
  ['xoxb-190019001900-190119011901-abcdefabcdef', 'wrong-key'],
  ['xoxe.xoxb-1-Mi0yLTE5MDAxOTAw', 'wrong-key'],
  ['xapp-1-A0190-190119011901-abcdefabcdef', 'wrong-key'],
  ['xoxe-1-Mi0yLTE5MDAxOTAw', 'wrong-key'],
  ['xoxc-190019001900-abcdef', 'wrong-key'],
  ['xoxa-190019001900-abcdef', 'wrong-key'],
  ['https://hooks.slack.com/services/T0190/B0190/abcdefabcdef', 'wrong-key'],
  ['abcdef0123456789abcdef0123456789', 'wrong-key'],
  ['{"token": 5}', undefined],
  ['{"access_token": "x"}', undefined],
  ['{"token": "', undefined],
])('%j holds no user token: %s', (secret, expected) => expect(fault(secret)).toBe(expected))
