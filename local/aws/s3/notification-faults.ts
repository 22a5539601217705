/** Disturbs the messages about created objects, as S3 may: they come at least once, late, and in rare cases never. */
export class NotificationFaults {
  #lose = 0
  #repeat = 0
  #held: (() => Promise<void>)[] | undefined

  /** Loses the messages about the next objects. */
  loseNext(count = 1): void {
    this.#lose = count
  }

  /** Sends the messages about the next objects twice. */
  repeatNext(count = 1): void {
    this.#repeat = count
  }

  /** Holds all messages back. The end of the run loses them. */
  hold(): void {
    this.#held ??= []
  }

  /** The number of messages held back. */
  get held(): number {
    return this.#held?.length ?? 0
  }

  /** Sends what is held back, in its order, and holds nothing any more. */
  async release(): Promise<void> {
    const held = this.#held ?? []
    this.#held = undefined
    for (const send of held) await send()
  }

  /** Sends a message, or does with it what was ordered. */
  async pass(send: () => Promise<void>): Promise<void> {
    if (this.#lose > 0) {
      this.#lose--
      return
    }
    const times = this.#repeat > 0 ? 2 : 1
    this.#repeat = Math.max(0, this.#repeat - 1)
    for (let time = 0; time < times; time++) {
      if (this.#held) this.#held.push(send)
      else await send()
    }
  }
}
