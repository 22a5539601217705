import { ConfigError } from '../../errors.ts'

/** This machine itself: what is sent there crosses no network. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Whether a credential may be sent there: encrypted, or to this very machine. */
export const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))

/**
 * Reads the address of a provider's API; paths can be appended to the result, which ends without a slash.
 * @param name how the setting is called, for the message
 * @throws {ConfigError} saying what an address must look like
 */
export function parseBaseUrl(text: string, name = 'apiUrl'): string {
  const url = URL.parse(text)
  if (!url) throw new ConfigError(`${name} is no address; write it like https://api.example.com`)
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

/** Whether two addresses have scheme, host and port in common, and the second carries no user name. */
export function sameOrigin(base: string, other: URL): boolean {
  return new URL(base).origin === other.origin && other.username === '' && other.password === ''
}
