import { wordsOf } from './statement-words.ts'

/** A word or sign of a statement, or what stands between brackets. */
type Part = string | readonly Part[]

/**
 * The days that a condition bounds from below: names of tables, `''` for a column without one, and pairs of tables with
 * equal days.
 */
interface Bounds {
  readonly names: readonly string[]
  readonly equal: readonly (readonly [string, string])[]
}

/**
 * Whether a statement reads `all_events` somewhere without a bound on `dt`: such a part reads every day of every table.
 */
export const readsAllDays = (sql: string): boolean => readsEveryDayOf(['all_events'], sql)

/**
 * The same of any tables: whether a SELECT reads one and its WHERE, or the ON of a join, does not bound the day from
 * below for every row that it takes: `dt >= …`, `=`, `IN` or `BETWEEN`, either way round, joined to the rest by AND. A
 * bound that stands in a SELECT around it does not count, although Athena may use it. What a query can read at most,
 * the workgroup's `queryLimitGB` says.
 */
export function readsEveryDayOf(tables: readonly string[], sql: string): boolean {
  const parts = partsOf(wordsOf(sql).toLowerCase())
  // These read no rows.
  if (isWord(firstOf(parts), new Set(['show', 'describe']))) return false
  return selectsIn(parts).some((select) => hasUnbounded(select, new Set(tables)))
}

/** What to add to a statement without a bound. */
export const boundOnDays = "where dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')"

export const allDaysWarning = `all_events is read without a bound on dt here: Athena reads, and bills, every day of every table. Add ${boundOnDays}`

function partsOf(words: string): readonly Part[] {
  const around: Part[][] = []
  let parts: Part[] = []
  for (const [word] of words.matchAll(/"\w+"|''|\w+|[<>!]=|<>|\S/g)) {
    if (word === '(') {
      around.push(parts)
      parts = []
    } else if (word === ')') {
      const group = parts
      parts = around.pop() ?? []
      parts.push(group)
    } else parts.push(/^"\w+"$/.test(word) ? word.slice(1, -1) : word)
  }
  // A bracket that is never closed.
  for (const outer of around.reverse()) parts = [...outer, parts]
  return parts
}

const firstOf = ([first]: readonly Part[]): Part | undefined => (Array.isArray(first) ? firstOf(first) : first)

const isWord = (part: Part | undefined, words: ReadonlySet<string>): boolean =>
  typeof part === 'string' && words.has(part)

const betweenSelects = new Set(['union', 'intersect', 'except', ';'])

/** Every SELECT of a statement, however deep. */
function selectsIn(parts: readonly Part[]): readonly (readonly Part[])[] {
  const inner = parts.flatMap((part) => (typeof part === 'string' ? [] : selectsIn(part)))
  return [...splitAt(parts, (part) => isWord(part, betweenSelects)), ...inner]
}

function splitAt(parts: readonly Part[], isEnd: (part: Part) => boolean): readonly (readonly Part[])[] {
  const found: Part[][] = [[]]
  for (const part of parts) {
    if (isEnd(part)) found.push([])
    else found.at(-1)?.push(part)
  }
  return found
}

const behindFrom = new Set(['where', 'group', 'having', 'window', 'order', 'offset', 'limit', 'fetch'])
const behindWhere = new Set([...behindFrom].filter((word) => word !== 'where'))

/** The parts behind the first of these words, up to one that ends them. */
function clause(parts: readonly Part[], words: ReadonlySet<string>, ends: ReadonlySet<string>): readonly Part[] {
  const begin = parts.findIndex((part) => isWord(part, words))
  if (begin < 0) return []
  const end = parts.findIndex((part, at) => at > begin && isWord(part, ends))
  return parts.slice(begin + 1, end < 0 ? undefined : end)
}

function hasUnbounded(select: readonly Part[], tables: ReadonlySet<string>): boolean {
  const from = clause(select, new Set(['from', 'table']), behindFrom)
  const reads = readsIn(from, tables)
  if (reads.length === 0) return false
  const conditions = [clause(select, new Set(['where']), behindWhere), ...conditionsOfJoins(from)].map(boundsIn)
  const names = new Set(conditions.flatMap((bounds) => bounds.names))
  // A column without a name is that of the one table, or of tables that are joined by it.
  if (names.has('') && (reads.length === 1 || isJoinedByDay(from))) return false
  const equal = conditions.flatMap((bounds) => bounds.equal)
  for (const _ of equal) {
    for (const [one, other] of equal) {
      if (names.has(one)) names.add(other)
      if (names.has(other)) names.add(one)
    }
  }
  return reads.some((name) => !names.has(name))
}

const beforeTable = new Set([',', 'join', '.'])
const behindTable = new Set([
  ',',
  'join',
  'on',
  'using',
  'left',
  'right',
  'inner',
  'full',
  'cross',
  'natural',
  'tablesample',
])

/**
 * The tables that a FROM names, each by the name under which its SELECT knows it; a bracket in it that is no SELECT
 * holds some as well.
 */
function readsIn(from: readonly Part[], tables: ReadonlySet<string>): readonly string[] {
  return from.flatMap((part, at): readonly string[] => {
    if (typeof part !== 'string')
      return isWord(part[0], new Set(['select', 'with', 'values', 'table'])) ? [] : readsIn(part, tables)
    if (!tables.has(part) || from[at + 1] === '.') return []
    if (at > 0 && !isWord(from[at - 1], beforeTable)) return []
    const next = from[at + 1] === 'as' ? from[at + 2] : from[at + 1]
    return [typeof next === 'string' && !behindTable.has(next) ? next : part]
  })
}

const endsOfOn = new Set([...behindTable].filter((word) => word !== 'on'))

const conditionsOfJoins = (from: readonly Part[]): readonly (readonly Part[])[] => [
  ...from.flatMap((part, at) => (part === 'on' ? [clause(from.slice(at), new Set(['on']), endsOfOn)] : [])),
  ...from.flatMap((part) => (typeof part === 'string' ? [] : conditionsOfJoins(part))),
]

const isJoinedByDay = (from: readonly Part[]): boolean =>
  from.some((part, at) => typeof part !== 'string' && from[at - 1] === 'using' && part.includes('dt'))

const noBounds: Bounds = { names: [], equal: [] }

/** The bounds that hold for every row of which the condition is true. */
function boundsIn(condition: readonly Part[]): Bounds {
  const either = splitAt(condition, (part) => part === 'or')
  if (either.length > 1) {
    const [first, ...others] = either.map((one) => boundsIn(one).names)
    return { names: first?.filter((name) => others.every((names) => names.includes(name))) ?? [], equal: [] }
  }
  let isBetween = false
  const all = splitAt(condition, (part) => {
    if (part === 'between') isBetween = true
    else if (part === 'and' && isBetween) isBetween = false
    else return part === 'and'
    return false
  }).map(boundIn)
  return { names: all.flatMap(({ names }) => names), equal: all.flatMap(({ equal }) => equal) }
}

/** The bound that a condition without AND and OR is. */
function boundIn(condition: readonly Part[]): Bounds {
  const [first] = condition
  if (condition.length === 1 && first !== undefined && typeof first !== 'string') return boundsIn(first)
  // Words alone: a bracket holds a value, or a list of them.
  const words = condition.map((part) => (typeof part === 'string' ? part : '()')).join(' ')
  const [, left, sign = '', right = ''] = /^((?:\w+ \. )*dt) (>=?|=|in|between) (.+)$/.exec(words) ?? []
  const other = /^((?:\w+ \. )*dt)$/.exec(right)?.[1]
  if (left !== undefined && other !== undefined) {
    return sign === '=' ? { names: [], equal: [[tableOf(left), tableOf(other)]] } : noBounds
  }
  const [, reversed] = /^[^<>=!]+ (?:<=?|=) ((?:\w+ \. )*dt)$/.exec(words) ?? []
  const bounded = left !== undefined && !/\b(?:is|not)\b|[<>=!]/.test(right) ? left : reversed
  return bounded === undefined ? noBounds : { names: [tableOf(bounded)], equal: [] }
}

/** `a` of `a . dt`, `''` of `dt`. */
const tableOf = (column: string): string => column.split(' . ').at(-2) ?? ''
