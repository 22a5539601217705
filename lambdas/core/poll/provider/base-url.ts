import { ConfigError } from '../../errors.ts'

/** This machine itself: requests to it cross no network. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a credential may be sent there: over https, or within this machine. */
export const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))

/**
 * Reads the base URL of a provider's API. The result has no slash at its end, so that paths can be appended.
 * @param name name of the setting, for the message
 * @throws {ConfigError} saying how the setting must look
 */
export function parseBaseUrl(text: string, name = 'apiUrl'): string {
  const url = URL.parse(text)
  if (!url) throw new ConfigError(`${name} is not a URL; write it like https://api.example.com`)
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(`${name} holds a user name or password; put the credential into the secret of the source`)
  }
  if (!isSafe(url)) {
    throw new ConfigError(
      `${name} must begin with https://, since the credential is sent there (http:// only for 127.0.0.1)`,
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError(`${name} must end with the path, without "?" or "#"`)
  }
  return url.href.replace(/\/+$/, '')
}

/** Whether two URLs share scheme, host and port, and the second holds no user name or password. */
export function sameOrigin(base: string, other: URL): boolean {
  return new URL(base).origin === other.origin && other.username === '' && other.password === ''
}
