/** The end of a sender: it finishes what it has begun, but not for ever. */
export class Ending {
  #until: number | undefined

  /** Nothing new is begun from now on; what is under way has this time, in milliseconds. */
  begin(withinMs: number): void {
    this.#until = Date.now() + withinMs
  }

  /** Whether nothing new is begun. */
  get hasBegun(): boolean {
    return this.#until !== undefined
  }

  /** Whether what is under way is given up. */
  get isOver(): boolean {
    return this.#until !== undefined && Date.now() > this.#until
  }
}
