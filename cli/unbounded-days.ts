import { wordsOf } from './statement-words.ts'

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
 * table. As {@link readsEveryDayOf}, it can be wrong.
 */
export const readsAllDays = (sql: string): boolean => readsEveryDayOf(['all_events'], sql)

/**
 * The same of any tables: whether a statement mentions them more often than it bounds `dt` from below. It goes by the words of the
 * statement, and does not understand it. So a bound that is written in another way does not count, and one that bounds nothing does, as
 * in `true or dt >= …`. It is a help against a slip; what a query can read at most, the workgroup's `queryLimitGB` says.
 */
export function readsEveryDayOf(tables: readonly string[], sql: string): boolean {
  const words = wordsOf(sql)
  // These read no rows.
  if (/^[\s(]*(?:show|describe)\b/i.test(words)) return false
  return count(words, readsOf(tables)) > count(words, bounds)
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

/** What to add to a statement without a bound. */
export const boundOnDays = "where dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')"

export const allDaysWarning = `all_events is read without a bound on dt here: Athena reads, and bills, every day of every table. Add ${boundOnDays}`
