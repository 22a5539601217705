import { prefix } from './poll-world.ts'
import { hour, minute, type Schedule } from './schedule.ts'
import type { ScheduleWorld } from './schedule-world.ts'

/** Waits after failures double up to an hour; a clock that ran ahead adds its lead. */
const longestWait = hour + 5 * minute

/** An hour is swept for the second time up to three hours after an event of it, and within two more with waits. */
const longestSweep = 3 * hour + longestWait + hour

/** The look-back brings late events every ten minutes; without budget for rereading it waits an hour more. */
const longestLookBack = ({ limits: { requestsPerHour } }: Schedule): number =>
  (requestsPerHour < 1e6 ? hour : 0) + 10 * minute

/**
 * How long reading everything takes once nothing fails. Each page may be read by a window, by the backlog that it
 * becomes and by a look-back, and its first one again after each run. Where requests failed, the parts of at most eight
 * backlogs grow again from a minute to hours, and pages from one event.
 */
function readingMs({ limits }: Schedule, { pageSize, shown, world }: ScheduleWorld): number {
  const { requestsPerHour } = world.provider.stream
  const perMinute = Math.min((requestsPerHour * limits.share) / 60, (minute - 12_000) / limits.fetchMs)
  const isLarge = world.provider.troubles.kinds.has('answers too large')
  // Within one moment, a page that was too large stays small.
  const requests = 3 * Math.ceil(shown.length / (isLarge ? 1 : pageSize)) + 8 * 12
  return Math.ceil(requests / perMinute) * minute
}

/** Whether everything has been read. A second with more requests than a run has is read again and again. */
const isAtRest = ({ limits }: Schedule, { world }: ScheduleWorld): boolean => {
  if (!world.objects.has(`${prefix}born`)) return false
  if (limits.requestsPerHour < 1e6 || limits.fetchMs > 10) return true
  const { window, backlogs } = world.state()
  return window === undefined && backlogs.length === 0
}

/** Runs every minute until nothing fails any more. */
async function heal({ world, run }: Ticking): Promise<void> {
  const { provider, clock } = world.world
  const healAt = Math.max(provider.troubles.healAt, provider.faults.length > 0 ? clock.time + 10 * minute : 0)
  while (clock.time < healAt) await run()
  provider.faults.length = 0
}

interface Ticking {
  readonly world: ScheduleWorld
  readonly run: (apartMs?: number) => Promise<void>
}

/**
 * Runs every minute until nothing fails any more, and then as long as the design needs to bring every event.
 * @returns what did not come by then
 */
export async function recover(schedule: Schedule, world: ScheduleWorld): Promise<readonly unknown[]> {
  const { clock } = world.world
  // No feed falls silent for good.
  let nextEventAt = clock.time + 5 * minute
  const ticking: Ticking = {
    world,
    async run(apartMs = minute) {
      const next = clock.time + apartMs
      if (clock.time >= nextEventAt) {
        world.expose(0, true)
        nextEventAt = clock.time + 15 * minute
      }
      await world.run()
      clock.time = Math.max(clock.time, next)
    },
  }
  await heal(ticking)
  const healedAt = clock.time
  const boundMs = longestWait + longestLookBack(schedule) + readingMs(schedule, world)
  const missing = () => world.missing(healedAt)
  // A moment behind which nothing lies can end with a cursor that silently died; without a look-back, sweeps bring it.
  const isLeftToSweeps = schedule.lookBackSeconds === 0 && world.world.provider.troubles.kinds.has('stale cursors')
  const missingInReach = () => missing().filter(({ isInReach }) => isInReach && !isLeftToSweeps)
  do await ticking.run()
  while ((missingInReach().length > 0 || !isAtRest(schedule, world)) && clock.time < healedAt + boundMs)
  if (missingInReach().length > 0) return missingInReach()
  if (!isAtRest(schedule, world)) return ['the end of the window']
  const sweptBy = healedAt + boundMs + longestSweep
  while (missing().length > 0 && clock.time < sweptBy) await ticking.run(5 * minute)
  return missing()
}
