import { isObject, type JsonObject } from '../shared/json.ts'

/** One user with one address and one client: everything that Slack sums up in one row. */
interface Client {
  readonly user_id: string
  readonly username: string
  readonly ip: string | null
  readonly user_agent: string
  readonly isp: string | null
  readonly country: string | null
  readonly region: string | null
}

interface Row extends Client {
  date_first: number
  date_last: number
  count: number
}

export type SortBy = 'date_first' | 'date_last'

/** The access log of a workspace: a row for each client, which changes with each access. */
export class AccessTable {
  sortBy: SortBy
  readonly #rows = new Map<string, Row>()
  #sorted: Row[] | undefined

  constructor(sortBy: SortBy) {
    this.sortBy = sortBy
  }

  /** @param time of the access, in milliseconds since 1970 */
  access(client: Client, time: number): void {
    const seconds = Math.floor(time / 1000)
    const key = JSON.stringify([client.user_id, client.ip, client.user_agent])
    const row = this.#rows.get(key)
    this.#sorted = undefined
    if (row === undefined) {
      this.#rows.set(key, { ...client, date_first: seconds, date_last: seconds, count: 1 })
      return
    }
    row.count++
    row.date_last = Math.max(row.date_last, seconds)
  }

  /**
   * The rows in their order, the latest first.
   * @param before leaves out what is later, in seconds since 1970, by the member that they are sorted by
   */
  rows(before = Number.POSITIVE_INFINITY): readonly Row[] {
    const by = this.sortBy
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => b[by] - a[by])
    const first = this.#sorted.findIndex((row) => row[by] <= before)
    return first < 0 ? [] : this.#sorted.slice(first)
  }

  /** Sorts by another member from now on. */
  sort(by: SortBy): void {
    this.sortBy = by
    this.#sorted = undefined
  }
}

const agents = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  'com.tinyspeck.chatlyio/26.1 (iPhone; iOS 19.1)',
  'ApiApp/A0EXAMPLE1',
]

/**
 * An invented client. Low numbers are those of a workspace's people, who come again and again.
 * @param number from 0
 */
export function inventClient(number: number): Client {
  const user = number % 40
  const hasPlace = number % 9 !== 8
  return {
    user_id: `U0EXAMPLE${String(user + 1).padStart(3, '0')}`,
    username: `person${user + 1}`,
    ip: number >= 250 ? `2001:db8::${number.toString(16)}` : number % 23 === 22 ? null : `192.0.2.${1 + number}`,
    user_agent: agents[Math.floor(number / 7) % agents.length] ?? '',
    isp: hasPlace ? 'Example Net' : null,
    country: hasPlace ? 'DE' : null,
    region: hasPlace ? 'BE' : null,
  }
}

/** An order of tests, as `POST /_access` takes it. */
export interface AccessOrder {
  /** Numbers of clients that access now, or `agoMs` ago. */
  readonly use: readonly number[]
  readonly agoMs: number
  readonly sortBy: SortBy | undefined
}

export function parseAccessOrder(body: string): AccessOrder {
  const value: unknown = JSON.parse(body === '' ? '{}' : body)
  if (!isObject(value)) throw new Error('expected a JSON object')
  const { use, agoMs, sortBy }: JsonObject = value
  return {
    use: Array.isArray(use) ? use.map(Number) : [],
    agoMs: typeof agoMs === 'number' ? agoMs : 0,
    sortBy: sortBy === 'date_first' || sortBy === 'date_last' ? sortBy : undefined,
  }
}
