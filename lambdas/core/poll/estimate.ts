import { spareShare } from './budget.ts'
import type { Spare } from './engine.ts'
import type { Estimate } from './job.ts'
import type { Page, PollStream } from './stream.ts'
import { ceilTo, floorTo, timeIn } from './walk.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Places of a window that are looked at; a short one needs fewer. */
const mostSamples = 6

/**
 * Estimates what it takes to read [from, to), from the first page of several parts of it.
 * @param requestsPerHour the source's share of the provider's limit
 * @returns `undefined` when budget or time are out
 */
export async function estimate(
  stream: PollStream,
  { from, to }: { readonly from: number; readonly to: number },
  requestsPerHour: number,
  spare: Pick<Spare, 'fetchPage' | 'mayGoOn'>,
): Promise<Estimate | undefined> {
  const samples = Math.min(mostSamples, Math.max(1, Math.ceil((to - from) / hourMs)))
  const length = (to - from) / samples
  let events = 0
  let pageSize = 1
  for (let index = 0; index < samples; index++) {
    if (!spare.mayGoOn()) return undefined
    const start = from + index * length
    const part = {
      from: floorTo(start, stream.granularityMs),
      to: ceilTo(start + length, stream.granularityMs),
    }
    const page = await spare.fetchPage(part)
    pageSize = Math.max(pageSize, page.events.length)
    events += eventsIn(stream, part, page)
  }
  // A part for each day, and the last page of each is only partly filled.
  const days = Math.ceil((to - from) / dayMs) + 1
  const requests = Math.ceil(events / pageSize) + days
  const perSecond = (requestsPerHour * spareShare) / 3_600
  return { events: Math.round(events), requests, seconds: Math.ceil(requests / perSecond) }
}

/** All events of a part, going by how much of it the first page covers. */
function eventsIn(
  stream: PollStream,
  { from, to }: { readonly from: number; readonly to: number },
  page: Page,
): number {
  const count = page.events.length
  if (page.next === undefined || count === 0) return count
  const times = page.events.flatMap((event) => timeIn(stream, event) ?? [])
  if (times.length === 0) return count
  const covered = stream.order === 'newest-first' ? to - Math.min(...times) : Math.max(...times) - from
  return (count * (to - from)) / Math.min(to - from, Math.max(covered, stream.granularityMs))
}
