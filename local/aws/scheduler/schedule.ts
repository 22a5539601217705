import type { Outcome } from '../lambda/invocation.ts'
import type { FunctionPool } from '../lambda/pool.ts'

/** The first tick after a start comes sooner than a whole period. */
const firstTickMs = 2_000

export interface ScheduleOptions {
  readonly target: FunctionPool
  readonly periodMs: number
  readonly input: unknown
  /** Whether the schedule's role may invoke the function; checked at each tick. */
  readonly mayInvoke: () => boolean
}

/** Invokes a function periodically, without waiting for its answers. */
export class Schedule {
  readonly #options: ScheduleOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: ScheduleOptions) {
    this.#options = options
  }

  start(): void {
    const { periodMs } = this.#options
    const begin = () => {
      this.#timer = setInterval(() => void this.tick(), periodMs)
      void this.tick()
    }
    this.#timer = setTimeout(begin, Math.min(firstTickMs, periodMs))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Invokes the function once, outside the period. @returns the outcome */
  async tick(): Promise<Outcome> {
    const { target, input, mayInvoke } = this.#options
    if (mayInvoke()) return target.invokeAsync(input)
    return { ok: false, error: { errorType: 'AccessDeniedException', errorMessage: 'the role may not invoke it' } }
  }
}
