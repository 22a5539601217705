/** Longest provider explanation in a message, in characters. */
const maxLength = 300

/** Words that share this many consecutive characters with a credential are left out. */
const maxShared = 8

/**
 * A provider's explanation made fit for a message: one short line, without words that repeat a part of a credential.
 * @param secrets the credentials that were sent, or used to make what was sent
 */
export function providerWords(text: string, secrets: readonly string[]): string {
  const parts = new Set(secrets.flatMap((secret) => [...partsOf(secret)]))
  const words = text
    .slice(0, 20 * maxLength)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .split(' ')
    .map((word) => (repeats(word, parts) ? '[left out]' : word))
    .join(' ')
  // Half of a character at the end would be invalid in UTF-8.
  return words.length > maxLength ? `${words.slice(0, maxLength).replace(/\p{Cs}$/u, '')}…` : words
}

/** In small letters, because hosts and some messages do not keep capital ones. */
function* partsOf(text: string): Generator<string> {
  const small = text.toLowerCase()
  for (let at = 0; at + maxShared <= small.length; at++) yield small.slice(at, at + maxShared)
}

function repeats(word: string, parts: ReadonlySet<string>): boolean {
  for (const part of partsOf(word)) if (parts.has(part)) return true
  return false
}
