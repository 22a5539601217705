/** Comments, and texts, which can hold anything. */
const quoted = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g

/** A view or table that a statement reads; `all_events.time` is a column. */
const reads = /(?:\bfrom|\bjoin|,)\s*\(?\s*(?:"?\w+"?\s*\.\s*)?"?\ball_events\b"?(?!\s*\.)/gi

/** Bounds on the day from below, either way round; a day that is given, or a list of days, is one too. */
const bounds = /\bdt\b"?\s*(?:>=?|=|\bin\b|\bbetween\b)|(?:<=?|(?<![<>!])=)\s*(?:\w+\s*\.\s*)?"?\bdt\b/gi

/**
 * Whether a statement reads `all_events` more often than it bounds `dt` from below: each such part reads every day of every
 * table. It goes by the words of the statement, so it can be wrong where a bound is written in another way.
 */
export function readsAllDays(sql: string): boolean {
  if (!/^\s*\(*\s*(?:select|with|explain)\b/i.test(sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' '))) return false
  const words = sql.replaceAll(quoted, "''")
  return count(words, reads) > count(words, bounds)
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length

export const allDaysWarning =
  "all_events is read without a bound on dt here: Athena reads, and bills, every day of every table. Add where dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')"
