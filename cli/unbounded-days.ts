/** Comments, and texts, which can hold anything. */
const quoted = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g

/** A view or table that a statement reads; `all_events.time` is a column. */
const readsOf = (tables: readonly string[]): RegExp =>
  new RegExp(
    `(?:\\bfrom\\b|\\bjoin\\b|\\btable\\b|,)[\\s(]*(?:"?\\w+"?\\s*\\.\\s*){0,2}"?\\b(?:${tables.join('|')})\\b"?(?!\\s*\\.)`,
    'gi',
  )

/** Bounds on the day from below, either way round; a day that is given, or a list of days, is one too. */
const bounds = /\bdt\b"?\s*(?:>=?|=|\bin\b|\bbetween\b)|(?:<=?|(?<![<>!])=)\s*(?:\w+\s*\.\s*)?"?\bdt\b/gi

/**
 * Whether a statement reads `all_events` more often than it bounds `dt` from below: each such part reads every day of every
 * table. It goes by the words of the statement, so it can be wrong where a bound is written in another way.
 */
export const readsAllDays = (sql: string): boolean => readsEveryDayOf(['all_events'], sql)

/** The same of any tables: whether a statement mentions them more often than it bounds `dt` from below. */
export function readsEveryDayOf(tables: readonly string[], sql: string): boolean {
  if (!/^[\s(]*(?:select|with|explain|table)\b/i.test(sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' '))) return false
  // Comments end words.
  const words = sql.replaceAll(quoted, (found) => (found.startsWith("'") ? "''" : ' '))
  return count(words, readsOf(tables)) > count(words, bounds)
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

/** What to add to a statement without a bound. */
export const boundOnDays = "where dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')"

export const allDaysWarning = `all_events is read without a bound on dt here: Athena reads, and bills, every day of every table. Add ${boundOnDays}`
