/** Longer texts are cut: what to do stands at their beginning. In characters. */
const longest = 300

/** Providers have a say in what went wrong, and their control characters must not reach the terminal. */
export function onOneLine(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}
