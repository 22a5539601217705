import type { Burden, Schedule } from './schedule.ts'
import type { ScheduleWorld } from './schedule-world.ts'

/** What loses a state or the answer of a call, so that a run cannot know what was published. */
const losing: readonly Burden[] = ['kill', 'overlap', 'lose', 'stores', 'settings']

/** Rows that came again for no good reason. */
export function needlessRepeats({ lakeLagMs, feed }: Schedule, { world, met, shown }: ScheduleWorld) {
  const { kinds } = world.provider.troubles
  // Deaths leave no trace of what was published; cursors in a circle lead back to pages whose ids may be forgotten.
  const isExcused = losing.some((one) => met.has(one)) || kinds.has('deaths') || kinds.has('circles')
  if (isExcused) return { live: 0, sweeps: 0 }
  // Sweeps wait for the rows that a reading has shown; one that came late, after it, may still be on its way.
  // So may the rows of a backlog that could be read again at last.
  const isHealed = met.has('place') || met.has('trouble')
  const onTheirWay = lakeLagMs ? shown.filter(({ time, shownAt }) => isHealed || time < shownAt).length : 0
  // A look-back or backlog that had to wait reads again what a sweep has brought meanwhile.
  const broughtBySweeps = world.late.rows
  return {
    // A lasting cursor counts rows, so that new ones lead it back to pages whose ids may be forgotten.
    live: feed.cursorsLast ? 0 : Math.max(0, world.repeated - broughtBySweeps),
    sweeps: Math.max(0, world.late.repeated - onTheirWay),
  }
}
