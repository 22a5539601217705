/** Values to compare one by one; more are looked up in a set, which takes more room and time for a few. */
const fewTexts = 16

/** The distinct texts among those that were added, in their order. */
export class DistinctTexts {
  readonly all: string[] = []
  #seen: Set<string> | undefined

  add(text: string): void {
    if (this.#seen ? this.#seen.has(text) : this.all.includes(text)) return
    this.all.push(text)
    if (this.#seen) this.#seen.add(text)
    else if (this.all.length > fewTexts) this.#seen = new Set(this.all)
  }
}
