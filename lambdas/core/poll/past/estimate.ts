import { spareShare } from '../budget.ts'
import { type Asker, pages } from '../pages.ts'
import type { Page, PollStream } from '../stream.ts'
import { isUnsorted, isWithin, resumed, timesOf, walkOver } from '../walk.ts'
import type { Estimate, Samples } from './job.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Most pages that are sampled from a window; a short one needs fewer. */
const mostSamples = 6

interface Part {
  readonly from: number
  readonly to: number
}

const samplesOf = ({ from, to }: Part): number => Math.min(mostSamples, Math.max(1, Math.ceil((to - from) / hourMs)))

/**
 * Samples the first page of several parts of [from, to), as far as time and budget allow: with a small share of a rate
 * limit, over several runs.
 */
export async function takeSamples(
  stream: PollStream,
  window: Part,
  spare: Asker,
  before: Samples = { taken: 0, events: 0, pageSize: 1 },
): Promise<Samples> {
  if (isUnsorted(stream)) return await countPages(stream, window, spare, before)
  let { taken, events, pageSize } = before
  const all = samplesOf(window)
  const length = (window.to - window.from) / all
  for (; taken < all; taken++) {
    const start = window.from + taken * length
    const part = walkOver(stream, start, start + length)
    const first = await pages(part, stream, spare).next()
    if (first.done) break
    pageSize = Math.max(pageSize, first.value.page.events.length)
    events += eventsIn(stream, part, first.value.page)
  }
  return { taken, events, pageSize }
}

/** Counts the pages of a feed that can only be read as a whole. */
async function countPages(stream: PollStream, window: Part, spare: Asker, before: Samples): Promise<Samples> {
  const { walk: start = walkOver(stream, window.from, window.to) } = before
  let counted = { ...before, walk: resumed(start, stream) }
  for await (const { page, walk, isFirst } of pages(counted.walk, stream, spare)) {
    // A walk that begins anew comes by the same pages.
    if (isFirst) counted = { taken: 0, events: 0, pageSize: 1, walk }
    const within = timesOf(stream, page.events).filter((time) => isWithin(time, window))
    const events = counted.events + within.length
    counted = { taken: counted.taken + 1, events, pageSize: Math.max(counted.pageSize, page.events.length), walk }
  }
  return counted
}

/**
 * Estimates the effort of reading [from, to).
 * @param requestsPerHour the source's share of the provider's limit
 * @returns `undefined` as long as samples are missing
 */
export function estimate(
  stream: Pick<PollStream, 'order'>,
  window: Part,
  { taken, events, pageSize, walk }: Samples,
  requestsPerHour: number,
): Estimate | undefined {
  const isWhole = isUnsorted(stream)
  if (isWhole ? !walk?.done : taken < samplesOf(window)) return undefined
  // Each day is read on its own and ends with a page that is only partly filled.
  const days = Math.ceil((window.to - window.from) / dayMs) + 1
  const requests = isWhole ? taken : Math.ceil(events / pageSize) + days
  const perSecond = (requestsPerHour * spareShare) / 3_600
  return { events: Math.round(events), requests, seconds: Math.ceil(requests / perSecond) }
}

/** The events of a part, extrapolated from the time that its first page covers. */
function eventsIn(stream: PollStream, { from, to }: Part, page: Page): number {
  const count = page.events.length
  if (page.next === undefined || count === 0) return count
  const times = timesOf(stream, page.events)
  if (times.length === 0) return count
  const covered = stream.order === 'newest-first' ? to - Math.min(...times) : Math.max(...times) - from
  return (count * (to - from)) / Math.min(to - from, Math.max(covered, stream.granularityMs))
}
