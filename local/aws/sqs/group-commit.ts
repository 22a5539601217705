import type { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * All changes of one turn of the event loop in one transaction: as few writes as there are turns, and what one operation
 * changes is kept as a whole or not at all.
 */
export class GroupCommit {
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  #open: PromiseWithResolvers<void> | undefined

  constructor(db: DatabaseSync) {
    this.#begin = db.prepare('BEGIN')
    this.#commit = db.prepare('COMMIT')
  }

  /** To be called before each change. */
  begin(): void {
    if (this.#open) return
    this.#begin.run()
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
      if (open) this.#commit.run()
      open?.resolve()
    } catch (error) {
      open?.reject(error)
    }
  }
}
