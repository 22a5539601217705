import fc from 'fast-check'
import { expect, test } from 'vitest'
import { computingLimit } from '../../../support/fuzz.ts'
import { prefix } from '../../../support/poll-world.ts'
import { schedule } from '../../../support/schedule.ts'
import { recover } from '../../../support/schedule-recovery.ts'
import { needlessRepeats } from '../../../support/schedule-repeats.ts'
import { ScheduleWorld } from '../../../support/schedule-world.ts'

/**
 * `POLL_SEEDS=20000 npx vitest run test/lambdas/core/poll/schedules.test.ts` tries as many others; `POLL_SEED` repeats
 * those of a seed. By default they are the same each time, so that a change is judged by its own merits.
 */
const runs = Number(process.env.POLL_SEEDS ?? 1_000)
const usual = process.env.POLL_SEEDS === undefined ? 20_261_128 : undefined
const seed = process.env.POLL_SEED === undefined ? usual : Number(process.env.POLL_SEED)

/** Many others may take hours. */
const limit = { timeout: process.env.POLL_SEEDS === undefined ? computingLimit : 0 }

/** Runs until an event has come where nothing fails: one that is slow by five minutes may not see the latest second. */
const mostRunsInCalm = 2

test('no schedule of troubles loses an event, and each comes in time once they are over', limit, async () => {
  const totals = { events: 0, kills: 0, deaths: 0 }
  const schedulesWith = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(schedule, async (one) => {
      const played = new ScheduleWorld(one)
      await played.play()
      const { world } = played
      expect(await recover(one, played)).toEqual([])
      if (played.met.has('settings')) {
        played.changeScope()
        expect(await recover(one, played)).toEqual([])
      }
      if (played.isCalm) expect(played.mostRuns).toBeLessThanOrEqual(mostRunsInCalm)
      expect(needlessRepeats(one, played)).toEqual({ live: 0, sweeps: 0 })
      expect(world.rowIds.size).toBe(world.arrived.length)
      expect(world.objects.has(`${prefix}born`)).toBe(true)

      totals.events += world.provider.exposed.length
      totals.kills += played.kills
      totals.deaths += world.provider.troubles.deaths
      const had = [played.isCalm ? 'calm' : [], [...played.met], [...world.provider.troubles.kinds]].flat()
      for (const kind of had) schedulesWith.set(kind, (schedulesWith.get(kind) ?? 0) + 1)
    }),
    { numRuns: runs, ...(seed !== undefined && { seed }) },
  )
  const kinds = [...schedulesWith].map(([kind, count]) => `${kind} ${count}`).sort()
  const { events, kills, deaths } = totals
  console.log(`${runs} schedules, ${events} events, ${kills} kills, ${deaths} deaths; with ${kinds.join(', ')}`)
})
