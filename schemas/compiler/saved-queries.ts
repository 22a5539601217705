import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from './problem-wording.ts'

/** A value that a saved query can be given. */
export interface QueryParameter {
  readonly name: string
  /** What it is without one: digits for a whole number, else a text. */
  readonly default: string
  readonly isNumber: boolean
  readonly meaning: string
}

/** A question that analysts ask, and the SQL that answers it, from `schemas/queries/<name>.sql`. */
export interface SavedQuery {
  readonly name: string
  readonly question: string
  /** Why one asks. */
  readonly reason: string
  readonly parameters: readonly QueryParameter[]
  /** Values with which the samples of the project have an answer; the defaults elsewhere. */
  readonly example: Readonly<Record<string, string>>
  /** One statement, in which `:name` stands for a parameter. */
  readonly sql: string
}

const folder = fileURLToPath(new URL('../queries/', import.meta.url))

/**
 * Reads all saved queries: first those over all providers, then those of one, each in the order of their names.
 * @throws Error naming the file whose head cannot be read
 */
export function loadSavedQueries(): SavedQuery[] {
  const queries = globSync('*.sql', { cwd: folder }).map((file) =>
    parseSavedQuery(basename(file, '.sql'), readFileSync(join(folder, file), 'utf8')),
  )
  const rank = ({ sql, name }: SavedQuery) => `${/\ball_events\b/.test(sql) ? 0 : 1}${name}`
  return queries.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

/**
 * Reads a file of a saved query. Its head is of comments: the question, the reason, a line `:name = default Meaning`
 * for each parameter, and perhaps `example: name=value`.
 * @throws Error when question or reason is missing, or the SQL names a parameter that the head does not have
 */
export function parseSavedQuery(name: string, text: string): SavedQuery {
  const [head = '', sql = ''] = splitHead(text)
  const lines = head.split('\n').flatMap((line) => line.slice(3).trim() || [])
  const [question, reason] = lines
  if (!question?.endsWith('?') || !reason || sql === '') {
    throw new Error(`schemas/queries/${name}.sql must begin with a comment of two lines, the question and the reason`)
  }
  const parameters = lines.flatMap((line): QueryParameter[] => {
    const [, parameter, given = '', meaning = ''] = /^:(\w+) = ('(?:[^']|'')*'|\d+) (.+)$/.exec(line) ?? []
    if (parameter === undefined) return []
    const isNumber = !given.startsWith("'")
    return [
      { name: parameter, default: isNumber ? given : given.slice(1, -1).replaceAll("''", "'"), isNumber, meaning },
    ]
  })
  const [, example = ''] = /^-- example: (.+)$/m.exec(head) ?? []
  const query = { name, question, reason, parameters, sql, example: assignments(example === '' ? [] : [example]) }
  // Fails when the SQL names a parameter that is not there.
  renderSavedQuery(query)
  return query
}

function splitHead(text: string): string[] {
  const [head = ''] = /^(?:--[^\n]*\n)*/.exec(text) ?? []
  return [head, text.slice(head.length).trim()]
}

/**
 * Reads `name=value` texts.
 * @throws Error when one has no name or is given twice
 */
export function assignments(texts: readonly string[]): Record<string, string> {
  const given = new Map<string, string>()
  for (const text of texts) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
    if (name === '') throw new Error(`${text} is not a name and a value; write NAME=VALUE, such as days=30`)
    if (given.has(name)) throw new Error(`${name} is given twice; write it once`)
    given.set(name, value)
  }
  return Object.fromEntries(given)
}

/** Texts, names and comments, which hold no parameter; else the name of one. */
const placeholder = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?<!:):(\w+)/g

/**
 * The statement with its values filled in. A text is quoted, so that no value can become SQL.
 * @throws Error when a value is for no parameter, or a number is not one
 */
export function renderSavedQuery(
  { name, parameters, sql }: Pick<SavedQuery, 'name' | 'parameters' | 'sql'>,
  values: Readonly<Record<string, string>> = {},
): string {
  const known = parameters.map((parameter) => parameter.name)
  const unknown = Object.keys(values).find((value) => !known.includes(value))
  if (unknown !== undefined) throw new Error(`${name} has no parameter ${unknown}; ${suggestion(unknown, known)}`)
  return sql.replaceAll(placeholder, (found: string, parameter?: string) => {
    if (parameter === undefined) return found
    const declared = parameters.find((one) => one.name === parameter)
    if (declared === undefined)
      throw new Error(`schemas/queries/${name}.sql does not declare the parameter ${parameter}`)
    const value = values[parameter] ?? declared.default
    if (!declared.isNumber) return `'${value.replaceAll("'", "''")}'`
    if (!/^\d{1,6}$/.test(value)) throw new Error(`${parameter} must be a whole number of at most six digits`)
    return value
  })
}

/**
 * The saved query of a name.
 * @throws Error with the nearest name when there is none
 */
export function findSavedQuery(queries: readonly SavedQuery[], name: string): SavedQuery {
  const names = queries.map((query) => query.name)
  const found = queries.find((query) => query.name === name)
  if (found === undefined) throw new Error(`There is no saved query ${name}; ${suggestion(name, names)}`)
  return found
}

function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? `there are ${known.join(', ') || 'none'}` : `did you mean ${near}?`
}
