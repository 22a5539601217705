/** A comment, a quoted name or a text, whichever begins first: each can hold the signs of the others. */
const quoted = /--[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"|'(?:[^']|'')*'/g

/**
 * A statement without what its writer is free to say: a comment is a blank, a text is `''`, and a quoted name that is
 * no plain word is `"_"`. What goes by the words of a statement looks at these alone.
 */
export const wordsOf = (sql: string): string =>
  sql.replaceAll(quoted, (found) => {
    if (found.startsWith("'")) return "''"
    if (found.startsWith('"')) return /^"\w+"$/.test(found) ? found : '"_"'
    return ' '
  })

const reads = /^[\s(]*(?:select|with|show|describe|explain(?!\s+analyze\b)|values)\b/i

/** Whether a statement begins as one that reads; EXPLAIN ANALYZE runs what it explains, whatever that is. */
export const isReading = (sql: string): boolean => reads.test(wordsOf(sql))
