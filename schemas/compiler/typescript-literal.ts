const LINE_WIDTH = 120

/**
 * Writes plain data as a TypeScript literal: on one line where it fits, else one member a line.
 *
 * @param value Strings, numbers, booleans, and arrays and objects of them.
 * @param indent Indentation of the literal's line, in characters.
 * @param used Characters already used on that line, including the indentation.
 */
export function typescriptLiteral(value: unknown, indent = 0, used = indent): string {
  const flat = flatLiteral(value)
  if (typeof value !== 'object' || value === null || used + flat.length < LINE_WIDTH) return flat
  const blanks = ' '.repeat(indent + 2)
  const lines = Array.isArray(value)
    ? value.map((item) => `${blanks}${typescriptLiteral(item, indent + 2)},\n`)
    : Object.entries(value).map(([key, member]) => {
        const start = `${blanks}${memberName(key)}: `
        return `${start}${typescriptLiteral(member, indent + 2, start.length)},\n`
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.join('')}${' '.repeat(indent)}${close}`
}

const memberName = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : textLiteral(key))

const textLiteral = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

function flatLiteral(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value)
  if (Array.isArray(value)) return `[${value.map(flatLiteral).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${memberName(key)}: ${flatLiteral(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}
