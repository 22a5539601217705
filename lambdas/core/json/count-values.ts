const [quote, backslash, comma, openBrace, openBracket] = [34, 92, 44, 123, 91]

/**
 * About how many values parsing a JSON text would make: each takes memory of its own, of which the length of the text
 * says little.
 */
export function countValues(text: string): number {
  let values = 1
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === backslash) at++
      else if (code === quote) inString = false
    } else if (code === quote) inString = true
    else if (code === comma || code === openBrace || code === openBracket) values++
  }
  return values
}
