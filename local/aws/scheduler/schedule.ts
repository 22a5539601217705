import type { Outcome } from '../lambda/invocation.ts'
import type { FunctionPool } from '../lambda/pool.ts'

/** Nobody wants to wait a whole period for the first tick after a start. */
const firstTickMs = 2_000

export interface ScheduleOptions {
  readonly target: FunctionPool
  readonly periodMs: number
  readonly input: unknown
  /** Whether the schedule's role allows it to invoke the function; asked at each tick. */
  readonly mayInvoke: () => boolean
}

/** Invokes a function again and again, without waiting for its answers. */
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

  /** One invocation now, beside those of the clock. @returns what became of it */
  async tick(): Promise<Outcome> {
    const { target, input, mayInvoke } = this.#options
    if (mayInvoke()) return target.invokeAsync(input)
    return { ok: false, error: { errorType: 'AccessDeniedException', errorMessage: 'the role may not invoke it' } }
  }
}
