/** A generated part of a page, with the markers around it. */
export interface Block {
  readonly begin: string
  readonly end: string
  readonly text: string
}

/** @param origin files that it is made from */
export function block(name: string, origin: string, lines: readonly string[]): Block {
  const begin = `<!-- ${name}: generated from ${origin} by npm run generate -->`
  const end = `<!-- end of ${name} -->`
  return { begin, end, text: [begin, '', ...lines, end].join('\n') }
}

/**
 * Puts a generated part into its page, in place of the one before.
 * @throws {Error} when the page lacks the markers
 */
export function withBlock(whole: string, { begin, end, text }: Block, page: string): string {
  const from = whole.indexOf(begin.slice(0, begin.indexOf(':') + 1))
  const to = whole.indexOf(end, from)
  if (from === -1 || to === -1) {
    const name = end.slice('<!-- end of '.length, -' -->'.length)
    throw new Error(`${page}: lacks the markers of the ${name}; put "${begin}" and "${end}" where it belongs`)
  }
  return `${whole.slice(0, from)}${text}${whole.slice(to + end.length)}`
}
