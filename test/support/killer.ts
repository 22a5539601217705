/** The process ends here: later actions have no effect. */
export class Kill extends Error {
  override readonly name = 'Kill'
}

/** Kills one run at a step of its schedule; each call of a port is two steps, one before and one after it. */
export class Killer {
  steps = 0
  readonly #at: number

  constructor(at = Number.POSITIVE_INFINITY) {
    this.#at = at
  }

  get killed(): boolean {
    return this.steps > this.#at
  }

  /** Wraps the ports of one run. After its kill, its actions have no effect; later runs live. */
  process(between = async () => {}) {
    let dead = false
    const step = async () => {
      await between()
      if (dead || this.steps++ === this.#at) {
        dead = true
        throw new Kill()
      }
    }
    return <Parameters extends readonly unknown[], Result>(call: (...parameters: Parameters) => Promise<Result>) =>
      async (...parameters: Parameters): Promise<Result> => {
        await step()
        const result = await call(...parameters).catch((error: unknown) => {
          dead ||= error instanceof Kill
          throw error
        })
        await step()
        return result
      }
  }
}
