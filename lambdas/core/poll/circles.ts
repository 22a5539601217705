import { hash } from 'node:crypto'
import type { Page } from './stream.ts'

/** Most pages that come again through new cursors: more of them would never end. */
const mostPagesAgain = 3

/** Recognizes cursors that lead in a circle, also if no two are equal. */
export class Circles {
  readonly #cursors = new Set<string>()
  readonly #pages = new Set<string>()
  #pagesAgain = 0

  /** Whether the page and its cursor were met before, since the last page without a cursor. */
  isClosedBy(page: Page, isFirst: boolean): boolean {
    if (isFirst) {
      this.#cursors.clear()
      this.#pages.clear()
      this.#pagesAgain = 0
    }
    const { next, events } = page
    if (next !== undefined && this.#cursors.has(next)) return true
    if (next !== undefined) this.#cursors.add(next)
    // Empty pages have nothing to be recognized by, and are counted elsewhere.
    if (events.length === 0) return false
    const sign = hash('sha256', JSON.stringify([events.length, events.at(0), events.at(-1)]))
    if (this.#pages.has(sign)) this.#pagesAgain++
    this.#pages.add(sign)
    return this.#pagesAgain > mostPagesAgain
  }
}
