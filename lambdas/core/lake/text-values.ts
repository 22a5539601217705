/** Texts to see before deciding how to keep a column. */
const sampleSize = 64

/** A column with more distinct texts counts as not repeating. */
const dictionaryLimit = 20_000

/**
 * The texts of one column while a file fills. Repeating texts are held once; texts of other columns are kept as bytes
 * outside the heap. Either way the original text becomes garbage at once, and the collector need not copy whole
 * batches.
 */
export class TextValues {
  #held: (string | null)[] = []
  #dictionary: Map<string, string> | undefined = new Map()
  #packed: PackedTexts | undefined
  #count = 0
  #last = ''

  /** Sets the text of a row: the last one set, or a later one. Skipped rows are null. */
  set(row: number, text: string): void {
    if (this.#packed) this.#packed.set(row, text)
    else {
      while (this.#held.length < row) this.#held.push(null)
      this.#held[row] = this.#sharedOf(text)
      this.#count++
      if (this.#count >= sampleSize && !this.repeats) this.#pack()
    }
  }

  /** Whether texts of the column repeat. */
  get repeats(): boolean {
    const distinct = this.#dictionary?.size ?? Number.POSITIVE_INFINITY
    return distinct <= dictionaryLimit && distinct * 2 <= this.#count
  }

  /** The texts of the first `rows` rows, as text or as UTF-8. */
  all(rows: number): (string | Uint8Array | null)[] {
    if (this.#packed) return this.#packed.all(rows)
    while (this.#held.length < rows) this.#held.push(null)
    return this.#held
  }

  hasNull(rows: number): boolean {
    return this.#packed ? this.#packed.hasNull(rows) : this.#held.length < rows || this.#held.includes(null)
  }

  #sharedOf(text: string): string {
    // Many columns hold the same text row after row, and comparing is faster than a lookup.
    if (text === this.#last) return this.#last
    const known = this.#dictionary?.get(text)
    if (known === undefined) this.#dictionary?.set(text, text)
    this.#last = known ?? text
    return this.#last
  }

  #pack(): void {
    const packed = new PackedTexts()
    for (const [row, text] of this.#held.entries()) if (text !== null) packed.set(row, text)
    this.#packed = packed
    this.#dictionary = undefined
    this.#held = []
  }
}

/** Texts as concatenated UTF-8. */
class PackedTexts {
  #bytes = Buffer.allocUnsafeSlow(1 << 16)
  /** Where the text of a row ends; the bitwise complement for a row without text. */
  #ends = new Int32Array(1 << 10)
  #rows = 0

  set(row: number, text: string): void {
    if (row >= this.#ends.length) this.#ends = grown(this.#ends, row)
    this.#fillTo(row)
    const start = this.#endOf(row - 1)
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const needed = start + text.length * 3
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, start)
      this.#bytes = larger
    }
    this.#ends[row] = start + this.#bytes.write(text, start)
    this.#rows = row + 1
  }

  all(rows: number): (Uint8Array | null)[] {
    if (rows > this.#ends.length) this.#ends = grown(this.#ends, rows)
    this.#fillTo(rows)
    const { buffer, byteOffset } = this.#bytes
    const texts: (Uint8Array | null)[] = new Array(rows)
    let start = 0
    for (let row = 0; row < rows; row++) {
      const end = this.#ends[row] ?? -1
      if (end < 0) texts[row] = null
      else {
        texts[row] = new Uint8Array(buffer, byteOffset + start, end - start)
        start = end
      }
    }
    return texts
  }

  hasNull(rows: number): boolean {
    return this.#rows < rows || this.#ends.subarray(0, rows).some((end) => end < 0)
  }

  #fillTo(row: number): void {
    const end = this.#endOf(this.#rows - 1)
    while (this.#rows < row) this.#ends[this.#rows++] = ~end
  }

  #endOf(row: number): number {
    const end = row < 0 ? 0 : (this.#ends[row] ?? 0)
    return end < 0 ? ~end : end
  }
}

function grown(ends: Int32Array<ArrayBuffer>, row: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(row + 1, ends.length * 2))
  larger.set(ends)
  return larger
}
