import { AuthError } from '../../errors.ts'
import { isRecord } from '../../json/forms.ts'

/** What a secret holds: a bare text, or the members of a JSON object. */
export type Credential = string | Readonly<Record<string, unknown>>

/**
 * Reads a secret that people put in by hand: blanks and line breaks around it do not count.
 * @param remedy what to put there, for the message
 * @throws {AuthError} without any of the secret's text
 */
export function parseCredential(secret: string, remedy: string): Credential {
  const text = secret.trim()
  if (text === '') throw unusable(`the secret is empty; ${remedy}`)
  if (!text.startsWith('{') && !text.startsWith('"')) return text
  const value = jsonValue(text)
  if (typeof value === 'string') return value.trim()
  if (!isRecord(value)) throw unusable(`the secret looks like JSON but cannot be read as JSON; ${remedy}`)
  return value
}

/**
 * The text if a header can carry it.
 * @param name what it is, for the message
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

const unusable = (message: string): AuthError => new AuthError(message, { unasked: true })

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Its message would quote the secret.
    return undefined
  }
}
