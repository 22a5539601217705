/** Limits how many callers work at a time, in the order of their arrival. */
export class Gate {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(places: number) {
    this.#free = places
  }

  /** Waits for a place and then does it. @throws the reason of the signal when that came first; what `action` throws */
  async through<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#place(signal)
    try {
      return await action()
    } finally {
      const [next] = this.#waiting
      if (next) next()
      else this.#free++
    }
  }

  /**
   * Resolves with the place of one who leaves. It is given to one who still waits, so that none is lost to one who has
   * gone.
   */
  async #place(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const take = () => {
      this.#waiting.delete(take)
      resolve()
    }
    const giveUp = () => {
      if (this.#waiting.delete(take)) reject(signal?.reason)
    }
    this.#waiting.add(take)
    signal?.addEventListener('abort', giveUp, { once: true })
    await promise.finally(() => signal?.removeEventListener('abort', giveUp))
  }
}
