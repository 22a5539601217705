/** Longer texts are cut, in characters; their beginning says what to do. */
const longest = 300

/** Removes line breaks and control sequences, because messages can quote a provider or a stranger. */
export function onOneLine(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}
