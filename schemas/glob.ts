/**
 * The regular expression of a text that one of the globs describes as a whole. `*` stands for any text, `{a,b}` for a
 * choice; everything else for itself. The expression is the same in RE2 and in Java's dialect.
 */
export function globPattern(globs: readonly string[]): string {
  const parts = globs.map((glob) => glob.replaceAll(/[*{},.+?^$()|[\]\\]/g, (character) => inPattern(character)))
  return parts.length === 1 && !parts[0]?.includes('|') ? `^${parts[0]}$` : `^(${parts.join('|')})$`
}

const meanings: Readonly<Record<string, string>> = { '*': '.*', '{': '(', '}': ')', ',': '|' }

const inPattern = (character: string): string => meanings[character] ?? `[${character}]`

/** Whether a glob describes exactly one text, itself. */
export const isLiteral = (glob: string): boolean => !/[*{]/.test(glob)

/** The fault of a glob; `undefined` when it is valid. */
export function globFault(glob: string): string | undefined {
  let depth = 0
  for (const [, character = ''] of glob.matchAll(/([{},])/g)) {
    if (character === ',' && depth === 0) return 'has a comma outside of braces; write two texts'
    depth += character === '{' ? 1 : character === '}' ? -1 : 0
    if (depth < 0) return 'closes a brace that is not open'
  }
  if (depth > 0) return 'leaves a brace open'
  return /['\\^[\]]/.test(glob) ? 'may not have quotes, backslashes, brackets or ^' : undefined
}
