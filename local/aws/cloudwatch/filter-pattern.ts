import { isObject } from '../../json.ts'

/** Whether a line of a log, parsed, matches. */
export type LineFilter = (line: unknown) => boolean

/** `$.status = "5*"`, with or without parentheses. */
const condition = /^\(?\s*\$((?:\.\w+)+)\s*=\s*"([^"]*)"\s*\)?$/

/**
 * The filter patterns that the local run knows: members of a JSON line that are equal to texts, joined by `||`. A `*` at the
 * begin or end of a text stands for any characters.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @returns `undefined` for any other pattern
 */
export function parseFilterPattern(pattern: string): LineFilter | undefined {
  const [, conditions] = /^\s*\{([^{}]*)\}\s*$/.exec(pattern) ?? []
  if (conditions === undefined) return undefined
  const filters = conditions.split('||').map((text) => parseCondition(text.trim()))
  const known = filters.filter((filter) => filter !== undefined)
  return known.length === filters.length ? (line) => known.some((filter) => filter(line)) : undefined
}

function parseCondition(text: string): LineFilter | undefined {
  const [, path, wanted] = condition.exec(text) ?? []
  if (path === undefined || wanted === undefined || text.startsWith('(') !== text.endsWith(')')) return undefined
  const members = path.slice(1).split('.')
  const matches = textMatcher(wanted)
  return (line) => {
    const value = members.reduce<unknown>((inner, member) => (isObject(inner) ? inner[member] : undefined), line)
    return typeof value === 'string' && matches(value)
  }
}

function textMatcher(wanted: string): (value: string) => boolean {
  const text = wanted.replace(/^\*|\*$/g, '')
  if (wanted.startsWith('*') && wanted.endsWith('*')) return (value) => value.includes(text)
  if (wanted.startsWith('*')) return (value) => value.endsWith(text)
  if (wanted.endsWith('*')) return (value) => value.startsWith(text)
  return (value) => value === text
}
