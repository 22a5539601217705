/**
 * The characters that a terminal obeys or does not show: controls (C0, DEL, C1), formats such as changes of direction,
 * and separators of lines and paragraphs.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Writes hidden characters as escapes, such as `\u001b`, so that foreign text is harmless where people read it. A line
 * of JSON has the same value afterwards, because such characters stand only in its texts.
 */
export const visible = (text: string): string =>
  text.replace(hidden, (character) => short[character] ?? character.replace(/./gs, escaped))

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** @param unit of UTF-16 */
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
