import type { DatabaseSync } from 'node:sqlite'

/**
 * All changes of one turn of the event loop in one transaction: as few writes as there are turns, and what one operation
 * changes is kept as a whole or not at all.
 */
export class GroupCommit {
  readonly #db: DatabaseSync
  #open: PromiseWithResolvers<void> | undefined

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** To be called before each change. */
  begin(): void {
    if (this.#open) return
    this.#db.exec('BEGIN')
    this.#open = Promise.withResolvers()
    // Whoever changed something hears of a failure by `kept`; without a listener Node would end the process.
    this.#open.promise.catch(() => {})
    setImmediate(() => this.flush())
  }

  /** Resolves when all changes made so far would survive the death of the process. */
  async kept(): Promise<void> {
    await this.#open?.promise
  }

  flush(): void {
    const open = this.#open
    this.#open = undefined
    try {
      if (open) this.#db.exec('COMMIT')
      open?.resolve()
    } catch (error) {
      open?.reject(error)
    }
  }
}
