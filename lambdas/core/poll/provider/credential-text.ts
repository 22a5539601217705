import { AuthError } from '../../errors.ts'
import { isPlainObject, jsonIn } from '../../json/forms.ts'

/** The content of a secret: bare text, or the members of a JSON object. */
export type Credential = string | Readonly<Record<string, unknown>>

/**
 * Reads a secret. Operators paste it by hand, so surrounding white space is ignored.
 * @param remedy what to store in the secret, for the message
 * @throws {AuthError} without any of the secret's text
 */
export function parseCredential(secret: string, remedy: string): Credential {
  const text = secret.trim()
  if (text === '') throw unusable(`the secret is empty; ${remedy}`, 'placeholder')
  if (!text.startsWith('{') && !text.startsWith('"')) return text
  const value = jsonIn(text)
  if (typeof value === 'string') return value.trim()
  if (!isPlainObject(value)) throw unusable(`the secret looks like JSON but cannot be read as JSON; ${remedy}`)
  return value
}

/**
 * Returns a text that can be sent in a header.
 * @param name what the text is, for the message
 * @throws {AuthError} without any of the text
 */
export function headerToken(value: unknown, name: string, remedy: string): string {
  const text = typeof value === 'string' ? value.trim() : ''
  if (text === '') throw unusable(`the secret holds no ${name}; ${remedy}`)
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw unusable(`the ${name} in the secret has a line break, a space or a special character inside; ${remedy}`)
  }
  return text
}

const unusable = (message: string, fault?: 'placeholder'): AuthError => new AuthError(message, { unasked: true, fault })
