import { sweeping } from './poll-runs.ts'
import { epoch, Killer, type PollWorld, pollWorld, prefix, type RunSettings, stateKey } from './poll-world.ts'
import { type Burden, faults, hour, minute, type Schedule, type Step } from './schedule.ts'

/** An event that the provider has shown. */
export interface Shown {
  readonly id: string
  readonly time: number
  readonly shownAt: number
  readonly scope: string
  /** Whether the live runs have to bring it: it is no later than the look-back. */
  readonly isInReach: boolean
  /** Whether the next run has to bring it: it is no later than the lag. */
  readonly isInTime: boolean
}

const isLarge = ({ steps }: Schedule): boolean => steps.some((one) => one.do === 'expose' && one.count > 25)

/** A second with more requests than a minute allows would keep the stream busy with nothing else. */
function pageSizeOf(schedule: Schedule): number {
  const { pageSize, limits, steps } = schedule
  if (limits.share < 1) return pageSize * 10 + (isLarge(schedule) ? 70 : 0)
  if (limits.fetchMs === 10) return pageSize + (isLarge(schedule) ? 3 : 0)
  // Where cursors do not outlive a run, it has to read a whole second, and all events may be of the same one.
  const events = steps.reduce((sum, one) => sum + (one.do === 'expose' ? one.count : 0), 0)
  return limits.cursorMs > minute ? pageSize + (isLarge(schedule) ? 5 : 0) : pageSize + Math.ceil(events / 20)
}

/** Plays a schedule: a world, and what has happened in it. */
export class ScheduleWorld {
  readonly world: PollWorld
  /** Events that have to come. */
  shown: readonly Shown[] = []
  readonly pageSize: number
  readonly #schedule: Schedule
  readonly #burdens: ReadonlySet<Burden>
  readonly #lookBackMs: number
  readonly #lagMs: number
  #startAt = epoch - 3 * hour
  /** Where the stream began. */
  #begunAt: number | undefined
  #remembered: Uint8Array | undefined
  #looked = 0
  /** Runs since an event was shown that has not come. */
  readonly #waiting = new Map<unknown, number>()
  readonly #arrived = new Set<unknown>()
  /** The most runs that an event in time took. */
  mostRuns = 0
  kills = 0
  /** Burdens that were met. */
  readonly met = new Set<Burden>()

  constructor(schedule: Schedule) {
    const { feed, limits, lookBackSeconds } = schedule
    const { fetchMs, cursorMs, requestsPerHour, limitPeriodSeconds } = limits
    this.#schedule = schedule
    this.#burdens = new Set(schedule.burdens)
    this.pageSize = pageSizeOf(schedule)
    this.#lookBackMs = lookBackSeconds * 1_000
    this.#lagMs = Math.min(120, lookBackSeconds) * 1_000
    const { order, ...facts } = feed
    this.world = pollWorld({
      order,
      pageSize: this.pageSize,
      fetchMs,
      cursorMs,
      facts: {
        ...facts,
        requestsPerHour: isLarge(schedule) && limits.share === 1 ? Math.max(requestsPerHour, 6_000) : requestsPerHour,
        limitPeriodSeconds,
        lookBackSeconds,
        lagSeconds: Math.min(120, lookBackSeconds),
      },
    })
    const { provider } = this.world
    provider.scope = 'one'
    this.world.disturb = (call, isDone) => provider.troubles.disturb(call, isDone)
    this.world.lakeLagMs = schedule.lakeLagMs
  }

  /** Whether nothing failed, and each run could read everything. */
  get isCalm(): boolean {
    const { requestsPerHour, fetchMs } = this.#schedule.limits
    return this.met.size === 0 && requestsPerHour === 1e6 && fetchMs === 10
  }

  async play(): Promise<void> {
    // The first sweep begins only two hours back, so late events are shown after it.
    if (this.#burdens.has('expose late')) {
      for (let n = 0; n < 3; n++) {
        await this.run()
        this.world.clock.time += 5 * minute
      }
    }
    for (const one of this.#schedule.steps) await this.#play(one)
  }

  /** A run with sweeps. */
  async run(settings: RunSettings = {}): Promise<void> {
    await this.#runs(() => this.world.run(this.#settings({ afterwards: sweeping, ...settings })))
  }

  /** Events of the present settings that were shown by a time, and have not come. */
  missing(until: number): Shown[] {
    const { scope } = this.world.provider
    const begunAt = this.#begunAt ?? Number.NEGATIVE_INFINITY
    return this.shown.filter(
      (one) => one.scope === scope && one.time >= begunAt && one.shownAt <= until && !this.#arrived.has(one.id),
    )
  }

  /** Another log, which the stream begins at `startAt`: what it showed of the time before is left to daily sweeps. */
  changeScope(): void {
    const { provider } = this.world
    provider.scope = provider.scope === 'one' ? 'other' : 'one'
    this.shown = this.shown.filter(({ scope, time }) => scope !== provider.scope || time >= this.#startAt)
  }

  #settings(settings: RunSettings): RunSettings {
    const { share } = this.#schedule.limits
    return { ...settings, startAt: this.#startAt, options: { share, scope: this.world.provider.scope } }
  }

  async #runs(run: () => Promise<unknown>): Promise<void> {
    const { objects, published } = this.world
    // A stream without a trace of a state begins where the settings say.
    if (!objects.has(stateKey) && !objects.has(`${prefix}born`)) this.#begunAt = undefined
    await run()
    if (objects.has(stateKey)) this.#begunAt ??= this.#startAt
    for (; this.#looked < published.length; this.#looked++) {
      const id = published[this.#looked]?.id
      this.#arrived.add(id)
      this.#count(id)
    }
    for (const [id, runs] of this.#waiting) this.#waiting.set(id, runs + 1)
  }

  #count(id: unknown): void {
    const runs = this.#waiting.get(id)
    if (runs === undefined) return
    this.mostRuns = Math.max(this.mostRuns, runs + 1)
    this.#waiting.delete(id)
  }

  expose(age: number, isInReach: boolean): void {
    const { provider, clock } = this.world
    const id = provider.expose(age)
    const isInTime = isInReach && age <= this.#lagMs
    const { time } = clock
    const event = { id, time: time - age, shownAt: time, scope: provider.scope, isInReach, isInTime }
    this.shown = [...this.shown, event]
    if (isInTime) this.#waiting.set(id, 0)
  }

  async #play(one: Step): Promise<void> {
    const { provider, clock } = this.world
    const meets = (burden: Burden) => {
      if (this.#burdens.has(burden)) this.met.add(burden)
      return this.#burdens.has(burden)
    }
    switch (one.do) {
      case 'run': {
        const killer = new Killer(one.killAt !== undefined && this.#burdens.has('kill') ? one.killAt : undefined)
        await this.run({ killer, skewMs: one.skew, forMs: one.forMs })
        if (killer.killed) this.kills++
        if (killer.killed) meets('kill')
        break
      }
      case 'overlap':
        if (meets('overlap')) await this.#overlap(one)
        break
      case 'expose':
        for (let n = 0; n < one.count; n++) {
          this.expose(Math.min(this.#lookBackMs, one.late * this.#lookBackMs + n * one.apartMs), true)
        }
        break
      case 'expose late':
        if (!meets('expose late')) break
        for (let n = 0; n < one.count; n++) this.expose(one.age, one.age <= this.#lookBackMs)
        break
      case 'move':
        if (this.#schedule.feed.changesWithinDay) for (const row of one.rows) provider.move(row)
        break
      case 'pass':
        clock.time += one.ms
        break
      case 'fault':
        if (!meets('fault')) break
        for (let n = 0; n < one.after; n++) provider.faults.push({ limits: {} })
        provider.faults.push(faults[one.name](clock.time))
        break
      case 'lose':
        if (meets('lose')) this.#lose(one.how)
        break
      case 'trouble':
      case 'stores':
        if (!meets(one.do)) break
        provider.troubles.add({ kind: one.kind, until: clock.time + one.forMs, every: one.every })
        break
      case 'place': {
        if (!meets('place')) break
        const from = clock.time - one.agoMs
        const place = { from, to: from + one.lengthMs }
        provider.troubles.add({ kind: one.kind, until: clock.time + one.forMs, every: one.every, place })
        break
      }
      case 'settings':
        if (!meets('settings')) break
        if (one.what === 'scope') this.changeScope()
        else this.#startAt = clock.time - 30 * minute
        break
    }
  }

  #lose(how: string): void {
    const { objects } = this.world
    const current = objects.get(stateKey)
    if (how === 'remember') this.#remembered = current
    else if (how === 'lose') objects.delete(stateKey)
    else if (how === 'corrupt' && current) objects.set(stateKey, current.subarray(0, current.length / 2))
    else if (how === 'roll back' && this.#remembered) objects.set(stateKey, this.#remembered)
  }

  /**
   * A second run starts in the middle of the first, its clock so far ahead that the lease of the first looks expired.
   */
  async #overlap({ skew, killAt, ticks }: Extract<Step, { do: 'overlap' }>): Promise<void> {
    // Both within the tolerance of clocks.
    const skewMs = Math.min(skew, 3 * minute)
    const pauses = [...ticks]
    const idle = async (count: number) => {
      for (let n = 0; n < count; n++) await Promise.resolve()
    }
    const between = () => idle(pauses.shift() ?? 0)
    const killer = new Killer(this.#burdens.has('kill') ? killAt : undefined)
    await this.#runs(async () => {
      const first = this.world.run(this.#settings({ killer, skewMs, between, afterwards: sweeping }))
      await idle(60)
      await Promise.all([first, this.world.run(this.#settings({ skewMs: skewMs + 2 * minute }))])
    })
  }
}
