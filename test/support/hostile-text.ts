/** What no text of others may bring to a terminal. */
export const hiddenCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A text that takes over a terminal that shows it, in every known way, and imitates a line of output. */
export const hostile: string =
  '\u001b]0;OWNED\u0007\u001b[2J\u009b31m\u0090q\u009c\u007f\r\nDone.\u2028ok\u2029\u202eevil\u2066\u200b\u00ad\u{e0041}'
