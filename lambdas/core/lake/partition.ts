/** A day in milliseconds. */
export const dayMs = 86_400_000

/** The partition a row belongs to: a table and a UTC day. */
export interface Partition {
  readonly table: string
  /** `YYYY-MM-DD`. */
  readonly dt: string
}

/** The times of a row that place it, in milliseconds since 1970. */
export interface RowTimes {
  /** `p_event_time`. */
  readonly event: number
  /** `p_parse_time`. */
  readonly received: number
}

/**
 * The day of the event; that of the receipt when the former lies before the retention or more than a day ahead of the
 * receipt, so that a provider's wrong clock cannot hide a row where no query looks.
 * @param oldest beginning of the retention, in milliseconds since 1970
 */
export function partitionDay({ event, received }: RowTimes, oldest: number): string {
  const within = event >= oldest && event <= received + dayMs
  return dayOf(within ? event : received)
}

const listForm = /^tables\/([a-z0-9_]+)\/dt=(\d{4}-\d\d-\d\d)\/symlink\.txt$/
const dataKey = /^data\/([a-z0-9_]+)\/dt=(\d{4}-\d\d-\d\d)\/[^/]+$/

/** The partition of a data file; `undefined` for any other key. */
export function partitionOf(key: string): Partition | undefined {
  return partitionIn(key, dataKey)
}

/** The partition of a list; `undefined` for any other key. */
export const partitionOfList = (key: string): Partition | undefined => partitionIn(key, listForm)

function partitionIn(key: string, form: RegExp): Partition | undefined {
  const [, table, dt] = form.exec(key) ?? []
  return table === undefined || dt === undefined ? undefined : { table, dt }
}

/** The UTC day of a time in milliseconds since 1970, as `YYYY-MM-DD`. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** The day a number of days after another one, both as `YYYY-MM-DD`. */
export const dayAfter = (dt: string, days = 1): string => dayOf(Date.parse(dt) + days * dayMs)

export const dataPrefix = ({ table, dt }: Partition): string => `data/${table}/dt=${dt}/`

/** The prefix of a table's lists. */
export const listsPrefix = (table: string): string => `tables/${table}/`

export const listKey = ({ table, dt }: Partition): string => `${listsPrefix(table)}dt=${dt}/symlink.txt`
