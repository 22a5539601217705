import { z } from 'zod'

/**
 * Puts what zod found into words for somebody who edits a file: what is wrong; what would be right.
 * A schema's own message always goes before the ones made here.
 */
export function wordProblem(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_union' && Array.isArray(issue.options) && typeof issue.discriminator === 'string') {
    return wordChoice(memberOf(issue.input, issue.discriminator), issue.options)
  }
  if (issue.input === undefined) return `is missing; add it: ${expectation(issue)}`
  switch (issue.code) {
    case 'invalid_type':
      return `is ${show(issue.input)}; it must be ${expectation(issue)}${quotingHint(issue)}`
    case 'invalid_value':
      return wordChoice(issue.input, issue.values)
    case 'too_small':
    case 'too_big':
      return `${measure(issue)}; it must ${limit(issue)}`
    case 'invalid_union':
    case 'invalid_format':
      return `is ${show(issue.input)}; it must be ${expectation(issue)}`
    case 'not_multiple_of':
      return `is ${show(issue.input)}; it must be a multiple of ${issue.divisor}`
    default:
      return undefined
  }
}

/** Words for a key that the mapping does not have, with the nearest one that it has. */
export function wordUnknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  const hint = near === undefined ? 'remove it or check its place' : `did you mean "${near}"?`
  return `is not a known key; ${hint} (known here: ${known.join(', ')})`
}

/** A short rendering of a value found in the file, never longer than 60 characters. */
export function show(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text
  return typeof value === 'string' ? short : `the ${typeof value} ${short}`
}

/**
 * The candidate that differs by the fewest edits, if that is few enough for a slip of the finger; else one that was left
 * half written.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return (
    best ?? candidates.find((candidate) => word.length > 3 && candidate.toLowerCase().startsWith(word.toLowerCase()))
  )
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  null: 'empty',
}

/** What would be right in place of the value, as a noun phrase. */
function expectation(issue: z.core.$ZodRawIssue | z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      // Of text where a whole number is wanted, zod says only that a number was expected.
      if ('inst' in issue && issue.inst instanceof z.core.$ZodNumberFormat) return 'a whole number'
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return unionExpectation(issue.errors ?? [])
    case 'invalid_format':
      if (issue.format === 'regex' && typeof issue.pattern === 'string') return `text of the form ${issue.pattern}`
      return issue.format === 'url' ? 'a URL' : `text of the format ${issue.format}`
    default:
      return 'a value'
  }
}

function unionExpectation(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const kinds = branches.flatMap((issues) => issues.filter((issue) => issue.path.length === 0).map(expectation))
  return kinds.length === 0 ? 'a value' : [...new Set(kinds)].join(' or ')
}

function wordChoice(value: unknown, choices: readonly z.core.util.Primitive[]): string {
  if (value === undefined) return `is missing; add it: ${oneOf(choices)}`
  const near = typeof value === 'string' ? nearest(value, choices.map(String)) : undefined
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`
  return `is ${show(value)}; it must be ${oneOf(choices)}${hint}`
}

function oneOf(choices: readonly z.core.util.Primitive[]): string {
  return choices.length === 1 ? String(choices[0]) : `one of ${choices.map(String).join(', ')}`
}

/** YAML reads an unquoted 123 or true as a number or boolean; the remedy is not obvious to everybody. */
function quotingHint(issue: z.core.$ZodRawIssue): string {
  const unquoted = typeof issue.input === 'number' || typeof issue.input === 'boolean'
  return issue.code === 'invalid_type' && issue.expected === 'string' && unquoted ? ': put it in quotes' : ''
}

type SizeIssue = z.core.$ZodRawIssue<z.core.$ZodIssueTooBig> | z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>

function measure(issue: SizeIssue): string {
  if (typeof issue.input === 'string') return issue.input === '' ? 'is empty' : `has ${issue.input.length} characters`
  if (Array.isArray(issue.input)) return issue.input.length === 0 ? 'is empty' : `has ${issue.input.length} entries`
  return `is ${show(issue.input)}`
}

function limit(issue: SizeIssue): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
  const side = issue.code === 'too_small' ? 'at least' : 'at most'
  if (issue.origin === 'string') return `have ${side} ${bound} characters`
  if (issue.origin === 'array') return `have ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}`
  if (issue.inclusive === false) return `be ${issue.code === 'too_small' ? 'more' : 'less'} than ${bound}`
  return `be ${side} ${bound}`
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined
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
