import type { z } from 'zod'

/**
 * Words a problem with a value: the value, the message of zod or of the schema, and the nearest valid word.
 */
export function wordProblem(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') return issue.message
  const unquoted = typeof value === 'number' || typeof value === 'boolean'
  // YAML reads an unquoted 123 or true as a number or boolean, which not everybody knows.
  const quotes = issue.code === 'invalid_type' && issue.expected === 'string' && unquoted ? ': put it in quotes' : ''
  const near = typeof value === 'string' ? nearest(value, choices(issue)) : undefined
  return `is ${show(value)}; ${expectation(issue)}${quotes}${near === undefined ? '' : ` (did you mean ${near}?)`}`
}

/** The value at a path of keys and indices; undefined when there is none. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    data,
  )
}

/**
 * The candidate with the fewest edits, if they are few enough for a typing error; else one that begins with the word.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.edits - b.edits)
  const begun = (candidate: string) => word.length > 3 && candidate.toLowerCase().startsWith(lower)
  return best?.candidate ?? candidates.find(begun)
}

/** zod's types in the words of people who write YAML. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

/** zod's message without the kind of problem and the type found, because the value itself shows both. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    return [...new Set(issue.errors.flat().map(expectation))].join(' or ').replaceAll(' or expected ', ' or ')
  }
  return issue.message
    .replace(/^(?:Invalid|Too) [^:.]*[:.] /, '')
    .replace(/^Expected/, 'expected')
    .replace(/, received \w+$/, '')
    .replace(/^expected \w+ to (?:be|have) ([<>])=/, (_, sign) => `expected at ${sign === '>' ? 'least' : 'most'} `)
    .replace(/^expected (\w+)$/, (whole, type) =>
      Object.hasOwn(typeNames, type) ? `expected ${typeNames[type]}` : whole,
    )
    .replace(/(?<= 1 \w+)s$/, '')
}

function choices(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
}

/** At most 60 characters of a value; the contents of arrays and objects are left out. */
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  if (value === null || text === '[]') return 'empty'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** Levenshtein distance over one rolling row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, right] of [...b].entries()) {
      const swapped = (row[j] ?? 0) + (left === right ? 0 : 1)
      next.push(Math.min(swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
