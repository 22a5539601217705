/** Splits texts into parts of at most `most` texts and `mostBytes` bytes; a longer text is a part of its own. */
export function* chunks(texts: Iterable<string>, most: number, mostBytes: number): Generator<string[]> {
  let part: string[] = []
  let bytes = 0
  for (const text of texts) {
    const size = Buffer.byteLength(text)
    if (part.length > 0 && (part.length === most || bytes + size > mostBytes)) {
      yield part
      part = []
      bytes = 0
    }
    part.push(text)
    bytes += size
  }
  if (part.length > 0) yield part
}
