import { AuthError, type Fault } from '../../core/errors.ts'
import { headerToken, parseCredential } from '../../core/poll/provider/credential-text.ts'

export interface SlackCredential {
  /** A user token. */
  readonly token: string
  /**
   * When the token expires, in milliseconds since 1970; absent for one that does not, or whose secret does not tell.
   */
  readonly expiresAt?: number
}

const remedy = 'store a user token (xoxp-…) alone or as {"token": "…"}'

/** What people paste in place of a user token, by how it begins. */
const mistaken: readonly (readonly [RegExp, string])[] = [
  [/^xoxb-|^xoxe\.xoxb-/, 'a bot token (xoxb-…)'],
  [/^xapp-/, 'an app-level token (xapp-…)'],
  [/^xoxe-/, 'a refresh token (xoxe-…)'],
  [/^xox[a-oq-z]-/, 'a token of another kind'],
  [/^https?:/i, 'an address, such as that of a webhook'],
]

/** https://docs.slack.dev/authentication/using-token-rotation: a token that expires begins with "xoxe.". */
const userToken = /^(?:xoxe\.)?xoxp-[\w.+/=-]{10,}$/

/**
 * @throws {AuthError} when the secret holds no user token; the message quotes none of it
 */
export function parseSlackCredential(secret: string): SlackCredential {
  const credential = parseCredential(secret, remedy)
  const stored = typeof credential === 'string' ? { token: credential } : credential
  const { token: given, expiresAt } = stored
  if (typeof given === 'string' && isExample(given)) {
    throw unusable('the secret holds an example in place of a token', 'placeholder')
  }
  const token = headerToken(given, 'token', remedy)
  const kind = mistaken.find(([form]) => form.test(token))
  if (kind) throw unusable(`the secret holds ${kind[1]}, which cannot read logs`, 'wrong-key')
  if (!userToken.test(token)) throw unusable('the secret holds something else than a user token', 'wrong-key')
  const expiry = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN
  return { token, ...(!Number.isNaN(expiry) && { expiresAt: expiry }) }
}

/** Such as `xoxp-...`, `xoxp-…`, `<token>`, `YOUR_TOKEN`, `xoxp-your-token` and `xoxp-xxxx-xxxx`. */
const isExample = (text: string): boolean =>
  /^.{0,30}(?:\.\.\.|…)|^<.*>$|^\[.*\]$|(?:^|[-_\s])(?:your|placeholder|changeme)(?:[-_\s]|$)|^(?:xoxe\.)?xoxp-[xX*0-]*$/i.test(
    text.trim(),
  )

const unusable = (problem: string, fault: Fault): AuthError =>
  new AuthError(`${problem}; ${remedy}`, { unasked: true, fault })
