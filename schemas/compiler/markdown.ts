export const code = (text: string): string => `\`${text}\``

/** The lines of a table, and the empty line that ends it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line), '']
}

/** Longest line of prose, as in the pages that are written by hand. */
const maxWidth = 120

/** The lines of one point of a list. */
export const point = (text: string): string[] =>
  wrapped(text, maxWidth - 2).map((line, at) => `${at === 0 ? '-' : ' '} ${line}`)

/** The lines of a paragraph, and the empty line that ends it. */
export const paragraph = (text: string): string[] => [...wrapped(text, maxWidth), '']

function wrapped(text: string, width: number): string[] {
  const [first = '', ...words] = text.split(' ')
  const lines: string[] = []
  let line = first
  for (const word of words) {
    if (line.length + 1 + word.length <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}
