/** One line of newline-delimited JSON, without its line break. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly bytes: Uint8Array
  /** The line exceeded the limit; `bytes` holds only its beginning. */
  readonly cut: boolean
  /** Bytes of the stream up to the end of this line, its line break included. */
  readonly end: number
}

/** The longest line that is accepted, in bytes. */
export const maxLineBytes = 8_000_000

const newline = 10
const carriageReturn = 13

/**
 * Splits a stream of bytes into lines. `\r\n` counts as one line break, the last line needs none, and blank lines are
 * counted but not returned. Too long a line is cut, so that memory stays bounded.
 */
export class LineSplitter {
  readonly #limit: number
  #parts: Uint8Array[] = []
  #length = 0
  #number: number
  #end: number

  /**
   * @param limit most bytes to keep of a line
   * @param done where in a longer stream the bytes begin: lines and bytes before them
   */
  constructor(limit = maxLineBytes, done: { readonly lines: number; readonly bytes: number } = { lines: 0, bytes: 0 }) {
    this.#limit = limit
    this.#number = done.lines + 1
    this.#end = done.bytes
  }

  /** Lines that end in this chunk. The bytes may be views of it. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end))
      this.#end++
      this.#finish(lines)
      start = end + 1
    }
    // The caller may reuse its buffer, so the rest is copied (a Buffer's own slice would not copy).
    if (start < chunk.length) this.#keep(new Uint8Array(chunk.subarray(start)))
    return lines
  }

  /** The last line, when it has no line break; blank or not. */
  get rest(): Uint8Array {
    return Buffer.concat(this.#parts)
  }

  /** Lines that have ended, blank ones too, and the bytes up to the end of the last one. */
  get done(): { readonly lines: number; readonly bytes: number } {
    return { lines: this.#number - 1, bytes: this.#end - this.#length }
  }

  /** The last line, when it has no line break. */
  end(): Line[] {
    const lines: Line[] = []
    if (this.#length > 0) this.#finish(lines)
    return lines
  }

  #keep(part: Uint8Array): void {
    const room = this.#limit - this.#length
    if (room > 0 && part.length > 0) this.#parts.push(part.length > room ? part.subarray(0, room) : part)
    this.#length += part.length
    this.#end += part.length
  }

  #finish(lines: Line[]): void {
    const [first, ...more] = this.#parts
    const whole = first === undefined || more.length > 0 ? Buffer.concat(this.#parts) : first
    const bytes = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole
    if (!isBlank(bytes)) lines.push({ number: this.#number, bytes, cut: this.#length > this.#limit, end: this.#end })
    this.#number++
    this.#parts = []
    this.#length = 0
  }
}

const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte === 32 || byte === 9 || byte === carriageReturn)
