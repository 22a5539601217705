import { isObject, type JsonObject, refuseUnknown } from './json.ts'
import type { FeedRow, Invented, SimulatedFeed } from './simulated-feed.ts'
import { type Fault, FaultList, parseFault, type SimulatedAnswer } from './simulator-faults.ts'

/** The parts of a provider that the control endpoint changes. */
interface Controlled {
  readonly feed: SimulatedFeed
  expireCursors(): void
}

/**
 * The clock and the faults of a simulated provider, and the endpoint that changes them:
 * - `GET /_control`: `{now, requests, faults, shown}`
 * - `GET /_control/ids`: every id that was ever shown, with its time: those that a collector must have
 * - `GET /_control/events`: the same with the event in place of its times
 * - `POST /_control`: moves time, scripts faults, inserts rows
 */
export class SimulatorControl {
  readonly faults = new FaultList()
  readonly #clock: () => number
  #offset = 0

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** The simulator's time, in milliseconds since 1970. */
  readonly now = (): number => this.#clock() + this.#offset

  /** @param requests number of requests of the feed so far */
  answer(
    request: { readonly method: string; readonly url: URL; readonly body: string },
    provider: Controlled,
    requests: number,
  ): SimulatedAnswer {
    try {
      return { status: 200, headers: {}, body: this.#obey(request, provider, requests) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { status: 400, headers: {}, body: { message } }
    }
  }

  #obey(
    { method, url, body }: { readonly method: string; readonly url: URL; readonly body: string },
    provider: Controlled,
    requests: number,
  ): unknown {
    // Read before time moves, so that rows due by now count as shown even if time goes back.
    const rows = provider.feed.everShown(this.now())
    switch (`${method} ${url.pathname}`) {
      case 'GET /_control/ids':
        return rows.map(({ id, time, shownAt }) => ({ id, time, shownAt }))
      case 'GET /_control/events':
        return rows.map(({ id, event }) => ({ id, event }))
      case 'GET /_control':
        return { now: this.now(), requests, faults: this.faults.size, shown: rows.length }
      case 'POST /_control':
        return this.#change(parseControl(body), provider)
      default:
        throw new Error('there is GET /_control, GET /_control/ids, GET /_control/events and POST /_control')
    }
  }

  #change(order: Control, provider: Controlled): unknown {
    this.#offset = order.time === undefined ? this.#offset + order.advanceMs : order.time - this.#clock()
    if (order.clearFaults) this.faults.clear()
    this.faults.add(order.faults)
    if (order.expireCursors) provider.expireCursors()
    const inserted = order.insert.flatMap((insertion) => insertInto(provider.feed, insertion, this.now()))
    return { now: this.now(), inserted: inserted.map(({ id }) => id) }
  }
}

/** The body of `POST /_control`; all members are optional. */
interface Control {
  /** Moves the simulator's clock for good. */
  readonly advanceMs: number
  /** Sets the clock, in milliseconds since 1970. */
  readonly time: number | undefined
  /** Added to the pending faults. */
  readonly faults: readonly Fault[]
  /** Removes the pending faults. */
  readonly clearFaults: boolean
  /** Makes all earlier cursors expire. */
  readonly expireCursors: boolean
  readonly insert: readonly Insertion[]
}

/** Events to insert into the feed, as if the provider had indexed them late. */
interface Insertion {
  /** @default 1 */
  readonly count: number
  /** Time of the first one. @default now */
  readonly time: number | undefined
  /** How long ago the first one happened, unless `time` is given. @default 0 */
  readonly agoMs: number
  /** The events are spread evenly over this time. @default 0 */
  readonly spreadMs: number
  /** How much later than now they are shown. @default 0 */
  readonly shownInMs: number
  /** Set in each event; null removes a member. */
  readonly members: JsonObject | undefined
  /** Shown in place of an event. */
  readonly raw: unknown
  readonly hasRaw: boolean
}

/** @throws {Error} naming the invalid member */
function parseControl(text: string): Control {
  const value: unknown = JSON.parse(text === '' ? '{}' : text)
  if (!isObject(value)) throw new Error('expected a JSON object')
  refuseUnknown(value, ['advanceMs', 'time', 'faults', 'clearFaults', 'expireCursors', 'insert'])
  return {
    advanceMs: numberIn(value, 'advanceMs') ?? 0,
    time: timeIn(value, 'time'),
    faults: listIn(value, 'faults').map(parseFault),
    clearFaults: value.clearFaults === true,
    expireCursors: value.expireCursors === true,
    insert: listIn(value, 'insert').map(parseInsertion),
  }
}

function parseInsertion(value: JsonObject): Insertion {
  refuseUnknown(value, ['count', 'time', 'agoMs', 'spreadMs', 'shownInMs', 'members', 'raw'])
  const { members } = value
  return {
    count: numberIn(value, 'count') ?? 1,
    time: timeIn(value, 'time'),
    agoMs: numberIn(value, 'agoMs') ?? 0,
    spreadMs: numberIn(value, 'spreadMs') ?? 0,
    shownInMs: numberIn(value, 'shownInMs') ?? 0,
    members: isObject(members) ? members : undefined,
    raw: value.raw,
    hasRaw: 'raw' in value,
  }
}

/** @returns the inserted rows */
function insertInto(feed: SimulatedFeed, insertion: Insertion, now: number): FeedRow[] {
  const { count, time = now - insertion.agoMs, spreadMs, shownInMs, members, raw, hasRaw } = insertion
  return feed.inventAt({ count, time, spreadMs, shownAt: now + shownInMs }, (invented): Invented => {
    if (hasRaw) return { id: invented.id, event: raw }
    if (members === undefined || !isObject(invented.event)) return invented
    const merged = Object.entries({ ...invented.event, ...members }).filter(([name]) => members[name] !== null)
    return { id: invented.id, event: Object.fromEntries(merged) }
  })
}

function numberIn(value: JsonObject, name: string): number | undefined {
  const member = value[name]
  if (member === undefined || typeof member === 'number') return member
  throw new Error(`${name} must be a number`)
}

function timeIn(value: JsonObject, name: string): number | undefined {
  const member = value[name]
  const time = typeof member === 'string' ? Date.parse(member) : member
  if (time === undefined || (typeof time === 'number' && !Number.isNaN(time))) return time
  throw new Error(`${name} must be a time: milliseconds since 1970, or as in 2026-01-31T12:00:00Z`)
}

function listIn(value: JsonObject, name: string): JsonObject[] {
  const member = value[name] ?? []
  if (Array.isArray(member) && member.every(isObject)) return member
  throw new Error(`${name} must be a list of objects`)
}
