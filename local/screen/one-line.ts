/** Longer texts are cut: what to do stands at their beginning. In characters. */
const longest = 300

/** Messages can quote what a provider or a stranger sent: without line breaks, and without what a terminal obeys. */
export function onOneLine(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}
