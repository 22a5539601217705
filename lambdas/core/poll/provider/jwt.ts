import { createPrivateKey, type KeyObject, sign } from 'node:crypto'

/** An RSA key in PEM form; `undefined` for anything else, because an error of the library might quote the key. */
export function rsaKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : undefined
  } catch {
    return undefined
  }
}

/**
 * A JSON Web Token signed with RS256 (RFC 7515, 3.1).
 * @param header members of its header beside `alg` and `typ`
 */
export function signedJwt(
  claims: Readonly<Record<string, string | number>>,
  key: KeyObject,
  header: Readonly<Record<string, string>> = {},
): string {
  const text = [{ alg: 'RS256', typ: 'JWT', ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}
