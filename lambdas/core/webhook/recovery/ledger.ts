import { isFlag, isNumber, isText, listOf, objectOf, oneOf, optional, type Passing } from '../../json/forms.ts'
import type { Delivery } from './deliveries.ts'
import type { DeliveryFacts } from './delivery-facts.ts'
import { betweenTriesMs, mostEnded, mostOpen, mostTries, oldestListed } from './rules.ts'

/** What is remembered of an event whose delivery failed. Times are milliseconds since 1970. */
export type Entry = Passing<typeof isEntry>

const isEntry = objectOf({
  guid: isText,
  /** Its newest failed delivery. */
  id: isText,
  at: isNumber,
  /** Time of its first known delivery. */
  first: isNumber,
  event: isText,
  repository: optional(isText),
  /** It was refused for its size once, so it is read and never asked for again. */
  isTooLarge: isFlag,
  /** Sending it again did not help, so its body is read instead. */
  isRead: optional(isFlag),
  /** Requests made to have it sent again, or to read it; each is counted beforehand. */
  tries: isNumber,
  triedAt: optional(isNumber),
  /** `read`: its body was read from the provider; `lost`: reported as a failure. */
  end: optional(oneOf('read', 'lost')),
  /** Row of the failure that reports it. */
  failure: optional(isText),
  /**
   * The webhook that it failed for, in the words of earlier settings, as long as the list of the present one lacks it.
   */
  former: optional(isText),
})

/** The stored form of a {@link Ledger}. */
export const isLedger = objectOf({ entries: listOf(isEntry), arrived: listOf(isText) })

/** What a page of deliveries changed. */
export interface Noted {
  /** Events that arrived after all. */
  readonly repaired: number
  /** Failure rows of events that were reported as lost and have arrived since. */
  readonly closed: readonly string[]
}

/** Whether its body is read, and it is never asked for again. */
export const isToBeRead = ({ isTooLarge, isRead = false }: Entry): boolean => isTooLarge || isRead

/** The failure that another one takes the place of, if any. */
export const replacedBy = (next: string | undefined, { failure }: Entry): string[] =>
  failure === undefined || failure === next ? [] : [failure]

/** Whether it can be asked for or read. */
const isOpen = ({ end, former }: Entry): boolean => end === undefined && former === undefined

/** The entry of an event that the list shows: one of a webhook before this one belongs to it after all. */
const listedAgain = ({ former, ...entry }: Entry): Entry =>
  former === undefined ? entry : { ...entry, end: undefined }

/** Whether an id is newer; both are decimal digits of any length. */
export const isNewer = (id: string, other: string): boolean =>
  id.length === other.length ? id > other : id.length > other.length

/**
 * The events that need recovery, by their GUIDs, and those that no longer do while the provider may still list them.
 */
export class Ledger {
  readonly #facts: DeliveryFacts
  readonly #entries: Map<string, Entry>
  /** Events that arrived with a repeat, so that their earlier failures further down the list mean nothing. */
  readonly #arrived: Set<string>

  constructor(facts: DeliveryFacts, { entries, arrived }: Passing<typeof isLedger> = { entries: [], arrived: [] }) {
    this.#facts = facts
    this.#entries = new Map(entries.map((entry) => [entry.guid, entry]))
    this.#arrived = new Set(arrived)
  }

  /**
   * The ledger for other settings. They name another webhook or the same one in other words, which only the list of
   * deliveries tells: until it shows an open event, that one is neither asked for nor read.
   * @param webhook the one before, in the words of its settings
   */
  underOtherSettings(webhook: string): Ledger {
    const entries = [...this.#entries.values()].map((entry) => (isOpen(entry) ? { ...entry, former: webhook } : entry))
    return new Ledger(this.#facts, { entries, arrived: [] })
  }

  copy(): Ledger {
    return new Ledger(this.#facts, this.toJSON())
  }

  toJSON(): Passing<typeof isLedger> {
    return { entries: [...this.#entries.values()], arrived: [...this.#arrived] }
  }

  /** Whether the most open events are reached, so that others have to wait for their end. */
  get isFull(): boolean {
    return this.#open().length >= mostOpen
  }

  /** Takes a page. Successes come first, because an event that arrived needs nothing, whatever failed. */
  note(deliveries: readonly Delivery[], now: number): Noted {
    const oldest = oldestListed(this.#facts, now)
    const known = deliveries.filter(({ isTest, at }) => !isTest && at > oldest)
    const closed: string[] = []
    let repaired = 0
    for (const { guid, isRepeat } of known.filter(({ hasArrived }) => hasArrived)) {
      const entry = this.#entries.get(guid)
      if (entry?.end === 'read') continue
      if (entry || isRepeat) this.#arrived.add(guid)
      if (!entry) continue
      this.#entries.delete(guid)
      repaired++
      if (entry.failure !== undefined) closed.push(entry.failure)
    }
    for (const delivery of known.filter(({ hasArrived }) => !hasArrived)) {
      if (!this.#arrived.has(delivery.guid)) this.#noteFailed(delivery)
    }
    return { repaired, closed }
  }

  /** The events to ask for again, the oldest first, because the provider forgets them first. */
  toAsk(now: number, most: number): readonly Entry[] {
    return this.#due(now, most, (entry) => !isToBeRead(entry))
  }

  /** The events to read from the provider, the oldest first. */
  toRead(now: number): readonly Entry[] {
    return this.#due(now, mostOpen, isToBeRead)
  }

  /**
   * From now on reads the bodies of the events that failed when sent again: whatever refuses them, the provider may
   * hold them.
   * @param knownUntil until when successes are known
   */
  readInstead(now: number, knownUntil: number): void {
    for (const entry of this.#open()) {
      if (isToBeRead(entry) || !this.#isInVain(entry, now, knownUntil)) continue
      this.#entries.set(entry.guid, { ...entry, isRead: true, tries: 0, triedAt: undefined })
    }
  }

  /**
   * The events that the provider is about to forget, and those that could be neither sent nor read.
   * @param knownUntil until when successes are known
   * @param isListed whether the list has been read to its end, so that it lacks the events of a webhook before this one
   */
  toReport(now: number, knownUntil: number, isListed: boolean): readonly Entry[] {
    const isLost = (entry: Entry) =>
      isOpen(entry) ? isToBeRead(entry) && this.#isInVain(entry, now, knownUntil) : isListed
    const isLeft = ({ end }: Entry) => end === undefined
    const oldest = oldestListed(this.#facts, now)
    return [...this.#entries.values()].filter(isLeft).filter((entry) => entry.first <= oldest || isLost(entry))
  }

  /** Counts a request before it is made. */
  count(entry: Entry, now: number): void {
    this.#entries.set(entry.guid, { ...entry, tries: entry.tries + 1, triedAt: now })
  }

  /** Takes back the count of a request that was not made. */
  uncount(entry: Entry): void {
    this.#entries.set(entry.guid, entry)
  }

  end({ guid }: Pick<Entry, 'guid'>, end: 'read' | 'lost', failure?: string): void {
    const entry = this.#entries.get(guid)
    if (entry) this.#entries.set(guid, { ...entry, end, failure })
  }

  /** Forgets what a complete walk from the newest delivery on would show again. */
  endWalk(): void {
    this.#arrived.clear()
  }

  /** Forgets ended events that the provider no longer lists, and the oldest if there are too many. */
  forget(now: number): void {
    const ended = [...this.#entries.values()].filter(({ end }) => end !== undefined).sort((a, b) => b.at - a.at)
    const oldest = oldestListed(this.#facts, now) - betweenTriesMs
    for (const [index, { guid, at }] of ended.entries()) {
      if (index >= mostEnded || at <= oldest) this.#entries.delete(guid)
    }
  }

  #noteFailed(delivery: Delivery): void {
    const { guid, id, at, event, repository, isTooLarge } = delivery
    const entry = this.#entries.get(guid)
    if (!entry) {
      const about = { guid, id, at, first: at, event, ...(repository !== undefined && { repository }) }
      this.#entries.set(guid, { ...about, isTooLarge, tries: 0 })
      return
    }
    const known = listedAgain(entry)
    const newest = isNewer(id, known.id) ? { id, at } : {}
    const first = Math.min(known.first, at)
    // From now on it is read instead, which has its own attempts.
    const anew = isTooLarge && !isToBeRead(known) ? { isTooLarge, tries: 0, triedAt: undefined } : {}
    this.#entries.set(guid, { ...known, ...newest, first, ...anew })
  }

  #isInVain({ tries, triedAt = 0 }: Entry, now: number, knownUntil: number): boolean {
    const isOver = triedAt + betweenTriesMs <= now && triedAt + this.#facts.lagSeconds * 1_000 < knownUntil
    return tries >= mostTries && isOver
  }

  #open(): Entry[] {
    return [...this.#entries.values()].filter(isOpen)
  }

  #due(now: number, most: number, isWanted: (entry: Entry) => boolean): readonly Entry[] {
    const oldest = oldestListed(this.#facts, now)
    return this.#open()
      .filter(({ tries, triedAt }) => tries < mostTries && (triedAt === undefined || triedAt + betweenTriesMs <= now))
      .filter((entry) => entry.first > oldest && isWanted(entry))
      .sort((a, b) => a.first - b.first)
      .slice(0, most)
  }
}
