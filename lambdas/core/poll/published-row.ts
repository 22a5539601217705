import { isNumber, isText, objectOf, type Passing } from '../json/forms.ts'
import type { Row } from '../normalize/event.ts'

/**
 * A row that was published last by its run. Once the lake has it, the rows before it have most likely arrived too, so
 * lake and provider can be compared.
 */
export type PublishedRow = Passing<typeof isPublishedRow>

export const isPublishedRow = objectOf({
  id: isText,
  /** `p_event_time`, in milliseconds since 1970. */
  time: isNumber,
  /** Receipt of its event, in milliseconds since 1970. */
  at: isNumber,
})

/** How long rows are waited for, in milliseconds: later, sweeps are needed to find what never arrived. */
export const longestArrivalMs = 6 * 3_600_000

export function publishedRow(row: Row | undefined): PublishedRow | undefined {
  if (!row) return undefined
  const time = Date.parse(String(row.p_event_time))
  const at = Date.parse(String(row.p_parse_time))
  return Number.isNaN(time) || Number.isNaN(at) ? undefined : { id: String(row.p_row_id), time, at }
}

/** Whether the lake holds all of the rows, or has to be compared without them. */
export async function haveArrived(
  rows: readonly PublishedRow[],
  rowIds: (from: number, to: number) => Promise<ReadonlySet<string>>,
  now: number,
): Promise<boolean> {
  for (const { id, time, at } of rows) {
    if (at > now - longestArrivalMs && !(await rowIds(time, time)).has(id)) return false
  }
  return true
}
