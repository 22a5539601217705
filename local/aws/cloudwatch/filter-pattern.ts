import { isObject } from '../../json.ts'

/** Whether a line of a log, parsed, matches. */
export type LineFilter = (line: unknown) => boolean

/** `($.status = "5*")`. */
const condition = /^\(\$\.(\w+) = "([^"*]*)(\*?)"\)$/

/**
 * The filter patterns that the local run knows: members of a JSON line that are equal to texts, joined by `||`. A `*`
 * at the end of a text stands for any characters.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @returns `undefined` for any other pattern
 */
export function parseFilterPattern(pattern: string): LineFilter | undefined {
  const [, conditions = ''] = /^\{ (.*) \}$/.exec(pattern) ?? []
  const filters = conditions.split(' || ').map(parseCondition)
  const known = filters.filter((filter) => filter !== undefined)
  return known.length === filters.length ? (line) => known.some((filter) => filter(line)) : undefined
}

function parseCondition(text: string): LineFilter | undefined {
  const [, member, wanted, wildcard] = condition.exec(text) ?? []
  if (member === undefined || wanted === undefined) return undefined
  return (line) => {
    const value = isObject(line) ? line[member] : undefined
    return typeof value === 'string' && (wildcard === '*' ? value.startsWith(wanted) : value === wanted)
  }
}
