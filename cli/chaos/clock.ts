import type { LocalRun } from '../../local/run.ts'

/** The time of a storm: that of the providers and, unless their clock is wrong, that of the functions. */
export class StormClock {
  #offset: number
  #skew = 0
  #run: Pick<LocalRun, 'shiftClock'> | undefined

  /** @param agoMs how long before the present it begins */
  constructor(agoMs: number) {
    this.#offset = -agoMs
  }

  /** The providers' time, in milliseconds since 1970. */
  readonly now = (): number => Date.now() + this.#offset

  /** Sets the functions of a run to this clock. */
  rule(run: Pick<LocalRun, 'shiftClock'>): void {
    this.#run = run
    this.advance(0)
  }

  /** Lets time pass everywhere. */
  advance(ms: number): void {
    this.#offset += ms
    this.#run?.shiftClock(this.#offset + this.#skew)
  }

  /** Makes the functions' clock wrong by this number of milliseconds; 0 sets it right. */
  skew(ms: number): void {
    this.#skew = ms
    this.advance(0)
  }
}
