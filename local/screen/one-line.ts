/** Longer texts are cut, in characters; their beginning says what to do. */
const longest = 300

/** Makes line breaks and control sequences spaces, because messages can quote a provider or a stranger. */
export const withoutBreaks = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()

/** The same of a text that may be missing; `undefined` when nothing can be seen of it. */
export const shownText = (text = ''): string | undefined => withoutBreaks(text) || undefined

/** The same, cut where it is long. */
export function onOneLine(text: string): string {
  const characters = [...withoutBreaks(text)]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}
