import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject } from '../../local/json.ts'
import { expectAllArrived, member, PolledPipeline, type PolledSource, type StreamFacts, sourceId } from './polled.ts'

const minute = 60_000
const hour = 60 * minute

/** A call during a run at which the function is killed. */
interface KillPoint {
  /** Before or after a store carries out the call, or when the provider has the request. */
  readonly when: 'before' | 'after' | 'at provider'
  /** Calls to let pass first. */
  readonly step: number
  /** Pattern of the stores' actions that count. @default all */
  readonly action?: string
}

/** Ticks once and kills the function at the point. @returns whether the run reached it */
async function tickKilled(
  { pipeline: { run } }: PolledPipeline,
  source: PolledSource,
  { when, step, action = '*' }: KillPoint,
): Promise<boolean> {
  const { functionName, onRequest } = source
  let killed = false
  const kill = () => {
    killed = true
    for (const pid of run.functionNamed(functionName).pids) process.kill(pid, 'SIGKILL')
  }
  let asked = 0
  source.onRequest = async () => {
    await onRequest()
    if (when === 'at provider' && asked++ === step) kill()
  }
  const kind = when === 'before' ? 'fail' : 'lose-answer'
  const rule = { principal: functionName, action, kind, skip: step, count: 1, onHit: kill } as const
  const fault = when === 'at provider' ? undefined : run.faults.add(rule)
  const outcome = await source.tick()
  fault?.remove()
  source.onRequest = onRequest
  const death = { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('sigkill') }
  expect(outcome).toMatchObject(killed ? { ok: false, error: death } : { ok: true })
  return killed
}

/**
 * Visits every point of a run, until a run ends before its point.
 * @param actions patterns of the stores' actions that count
 * @returns the number of points
 */
async function atEveryPoint(
  actions: readonly string[],
  visit: (point: KillPoint) => Promise<boolean>,
): Promise<number> {
  let points = 0
  const ofStores = actions.flatMap((action) => (['before', 'after'] as const).map((when) => ({ when, action })))
  for (const kind of [...ofStores, { when: 'at provider' } as const]) {
    for (let step = 0; await visit({ ...kind, step }); step++) points++
  }
  return points
}

/** Kills before and after each call until the first state is stored. */
const killedBirths = [0, 1, 2, 3].flatMap((step) => (['before', 'after'] as const).map((when) => ({ when, step })))

/** Reads are left out: a sweep reads every file of its hours, and a kill before one is like a kill before another. */
const sweepActions = ['s3:ListBucket', 's3:PutObject', 'sqs:SendMessage']

/** A kind of run to kill at each of its calls. */
interface Run {
  readonly what: string
  /** Patterns of the stores' actions that count. */
  readonly actions: readonly string[]
  readonly hasBacklog: boolean
  prepare(): Promise<void>
}

/**
 * Kills the function of a stream before and after each call of its birth, its runs and its sweeps, over the local run.
 */
export const killAtEveryPoint = (facts: StreamFacts) =>
  describe(`${facts.stream}, ${facts.order}`, () => {
    let world: PolledPipeline
    let main: PolledSource
    const mainId = sourceId(facts)
    const births = killedBirths.map((point, index) => ({ point, id: sourceId(facts, `born-${index}`) }))
    /** They are on more than one page. */
    const ofOneSecond = { count: 1.5 * facts.pageSize, spreadMs: 3 }
    /** Time between two pages, so that each gets its checkpoint, and for the function to see it on its clock. */
    const slowly = async () => {
      world.advance(1_100)
      await sleep(130)
    }
    const burst = async () => {
      world.advance(50 * minute)
      // Out of reach of any look-back.
      await main.insert({ ...ofOneSecond, agoMs: 46 * minute })
      await main.insert({ count: 1.6 * facts.pageSize, agoMs: 45 * minute, spreadMs: minute })
      await main.insert({ count: 5 })
    }

    beforeAll(async () => {
      const born = births.map(({ id }) => ({ id, facts, serverOf: mainId }))
      world = await PolledPipeline.start([{ id: mainId, facts }, ...born], { agoMs: 48 * hour })
      main = world.source(mainId)
    })
    afterAll(() => world.stop())

    test('killed before and after each step of its birth, a stream still begins where it is to begin', async () => {
      await main.insert({ count: 50, agoMs: 5 * hour, spreadMs: 4 * hour })
      await main.insert(ofOneSecond)
      for (const { id, point } of births) expect(await tickKilled(world, world.source(id), point)).toBe(true)
      world.advance(2 * minute)
      await main.insert(ofOneSecond)
      const shown = await main.everShown()
      for (const { id } of births) await world.source(id).catchUp()
      for (const { id } of births) expect(await world.source(id).missing(shown)).toEqual([])
      // The marker of a birth comes after the first state, so that none of them looks like a loss.
      const runs = await Promise.all(births.map(({ id }) => world.source(id).runsSince(0)))
      expect(runs.flat().filter(({ restored }) => typeof restored === 'string')).toEqual([])
      console.log(`${facts.stream}: ${births.length} kill points covered, of a birth`)
    })

    test('killed before and after every write of a sweep, it still finds what came too late for runs', async () => {
      const swept = (): boolean => {
        if (main.stored('sweep.json') === undefined) return false
        const [hours, days] = ['hours', 'days'].map((kind) => member(main.state('sweep.json'), kind))
        return hours?.until !== undefined && hours.open === undefined && days?.open === undefined
      }
      /** The end of what is swept now, or an hour less. */
      const until = () => Math.floor((world.clock.now() - hour) / hour) * hour
      await main.insert({ count: 1.2 * facts.pageSize, time: until() - 1.9 * hour, spreadMs: 1.8 * hour })
      await main.tickUntil(swept)
      /** The time by which a sweep, killed or resumed, must have found a row. */
      const deadlines = new Map<string, number>()
      const points = await atEveryPoint(sweepActions, async (point) => {
        // Within the present sweep, and still within it if the hour ends meanwhile.
        const late = await main.insert({ count: 10, time: until() - 0.9 * hour, spreadMs: 0.8 * hour })
        // As if an hour had passed.
        await main.deleteStored('sweep.json')
        world.advance(minute)
        const killed = await tickKilled(world, main, point)
        world.advance(minute)
        await main.tickUntil(swept)
        for (const id of late) deadlines.set(id, world.clock.now())
        return killed
      })
      expect(await main.missing([...deadlines.keys()])).toEqual([])
      const firstTimes = `"${facts.id}" as id, epoch_ms(min(p_parse_time)) as time`
      const rows = await main.rows(`true group by "${facts.id}"`, firstTimes)
      expect(rows.filter(({ id, time }) => Number(time) > Number(deadlines.get(String(id))))).toEqual([])
      expect((await main.runsSince(0, `kind = 'sweep' and "new" > 0`)).length).toBeGreaterThan(5)
      console.log(`${facts.stream}: ${points} kill points covered, of a sweep`)
      expect(points).toBeGreaterThan(15)
    })

    test.each<Run>([
      {
        what: 'step of a run',
        actions: ['*'],
        hasBacklog: false,
        prepare: burst,
      },
      {
        what: 'write of a run that has a backlog',
        actions: ['s3:PutObject', 'sqs:SendMessage'],
        hasBacklog: true,
        async prepare() {
          await burst()
          // A window left open for this long becomes a backlog.
          await main.fault({ kind: 'status', status: 500, skip: 1 })
          await main.tick()
          world.advance(2 * minute)
          await main.insert({ count: 5, agoMs: minute })
        },
      },
    ])(
      'killed before and after every $what, it loses nothing and doubles nothing',
      async ({ what, actions, hasBacklog, prepare }) => {
        // Disables sweeps, which would hide losses of runs.
        await main.putStored(JSON.stringify({ hours: { until: 8e15 }, days: { until: 8e15 } }), 'sweep.json')
        await main.catchUp()
        let backlogs = 0
        const points = await atEveryPoint(actions, async (point) => {
          await prepare()
          main.onRequest = slowly
          const killed = await tickKilled(world, main, point)
          main.onRequest = async () => {}
          if (main.backlogs().length > 0) backlogs++
          if (killed && isObject(main.state().lease)) {
            // No other run works before the dead run's lease ends.
            const asked = main.provider.requests.length
            await main.tick()
            expect(main.provider.requests.length).toBe(asked)
          }
          world.advance(2 * minute)
          await main.insert({ count: 20, agoMs: minute, spreadMs: 50_000 })
          await main.catchUp()
          return killed
        })
        await expectAllArrived(main)
        console.log(`${facts.stream}: ${points} kill points covered, at each ${what}`)
        // Fewer points would mean that the runs no longer have the intended pages.
        expect(points).toBeGreaterThan(15)
        if (hasBacklog) expect(backlogs).toBeGreaterThan(10)
      },
    )
  })
