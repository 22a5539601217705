import type { LongText } from '../api.ts'

/** Longest text that the page shows of one value, in bytes. */
export const longestText = 65_536

/** @param bytes of the whole text, if `text` is only its beginning */
export function longText(text: string, most = longestText, bytes = Buffer.byteLength(text)): LongText {
  const start = Buffer.from(text.slice(0, most))
  if (start.length <= most && text.length <= most) return { text, bytes, isCut: bytes > start.length }
  // A decoder that waits for more leaves half a character out.
  return { text: new TextDecoder().decode(start.subarray(0, most), { stream: true }), bytes, isCut: true }
}

/** A sequence of UTF-8 of more than one byte, of a text with a character for each byte. */
const sequence =
  '(?:[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2})'

/** Runs of sequences, else of bytes that are in none, so that a long content is few matches. */
const runs = new RegExp(`(${sequence}+)|(?:(?!${sequence})[\\x80-\\xff])+`, 'g')

/** Bytes as text, with `\xNN` for each that is no UTF-8. */
export const bytesAsText = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(runs, (run, isText: string | undefined) => {
      const found = Buffer.from(run, 'latin1')
      return isText === undefined ? found.toString('hex').replaceAll(/../g, '\\x$&') : found.toString()
    })
