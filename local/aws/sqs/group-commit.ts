import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Commits all changes of one turn of the event loop in one transaction: few writes, and no operation half kept. */
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
    // `kept` reports a failure to every writer; without this listener Node would end the process.
    this.#open.promise.catch(() => {})
    setImmediate(() => this.flush())
  }

  /** Resolves once all changes so far survive the death of the process. */
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
