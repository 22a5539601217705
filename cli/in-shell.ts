/** Any text as one word of a printed command, in quotes. */
export const quotedInShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A word of a printed command, as a shell reads it back. */
export const inShell = (word: string): string => (/^[\w./-]+$/.test(word) ? word : quotedInShell(word))
