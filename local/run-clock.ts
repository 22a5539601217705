import { readOffset } from './aws/lambda/clock.ts'

/** A change of the file by others is noticed within this time, in milliseconds. */
const lookMs = 100
/** Shifts that are remembered. */
const longestHistory = 1_000

/** The clock that functions see, read outside of them: the system's, shifted by the control file. */
export class RunClock {
  readonly #file: string
  /** Oldest first, with the time of the system's clock at which each was noticed. */
  readonly #shifts: { readonly from: number; readonly offsetMs: number }[]
  #lookedAt = 0

  /** @param file the control file; need not exist */
  constructor(file: string) {
    this.#file = file
    this.#shifts = [{ from: 0, offsetMs: offsetIn(file) ?? 0 }]
  }

  /** In milliseconds since 1970. */
  now(): number {
    if (Date.now() - this.#lookedAt >= lookMs) this.look()
    return this.at(Date.now())
  }

  /**
   * What the clock showed at a time of the system's clock. The shift with which the run began counts for all time
   * before.
   * @param systemMs milliseconds since 1970
   */
  at(systemMs: number): number {
    const shift = this.#shifts.findLast(({ from }) => from <= systemMs) ?? this.#shifts[0]
    return systemMs + (shift?.offsetMs ?? 0)
  }

  /** Reads the file now. */
  look(): void {
    this.#lookedAt = Date.now()
    const offsetMs = offsetIn(this.#file)
    if (offsetMs === undefined || offsetMs === this.#shifts.at(-1)?.offsetMs) return
    this.#shifts.push({ from: this.#lookedAt, offsetMs })
    if (this.#shifts.length > longestHistory) this.#shifts.shift()
  }
}

/** `undefined` while the file is being written, or is invalid, which every function reports. */
function offsetIn(file: string): number | undefined {
  try {
    return readOffset(file)
  } catch {
    return undefined
  }
}
