import { visible } from '../../schemas/compiler/visible.ts'

/** Columns that a text takes at most: a character beyond ASCII counts as two, as some are. */
export const columnsOf = (text: string): number => [...text].reduce((sum, char) => sum + (char > '~' ? 2 : 1), 0)

/** A command at the end of a text, which is copied as a whole, or a word. */
const pieces = /npm run (?!.*npm run )\S.*$|\S+/g

/**
 * Breaks a text between words into lines of a width, without cutting anything: a word that is longer, such as an ARN,
 * stays whole on a line of its own. A command at the end stays whole if it fits into a line.
 * @param indent what all lines but the first begin with; the first one begins with `first`, by default the same
 */
export function wrapped(text: string, width: number, indent = '', first = indent): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const [piece] of visible(text).matchAll(pieces)) {
    const fits = columnsOf(indent) + columnsOf(piece) <= width
    for (const word of fits ? [piece] : piece.split(' ')) {
      const longer = isEmpty ? line + word : `${line} ${word}`
      if (isEmpty || columnsOf(longer) <= width) line = longer
      else {
        lines.push(line)
        line = indent + word
      }
      isEmpty = false
    }
  }
  return isEmpty ? [] : [...lines, line]
}
