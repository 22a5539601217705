import { describe, expect, test } from 'vitest'
import { createHttpClient } from '../../lambdas/core/poll/provider/http.ts'
import { pollStream } from '../../lambdas/core/poll/stream.ts'
import { pick, seededRandom } from '../../simulators/shared/seeded-random.ts'
import { feeds } from '../support/feeds.ts'
import { EngineWorld, epoch } from '../support/poll-world.ts'
import { control, oracle, started } from '../support/provider.ts'
import { missingFixtures, readRecorded } from '../support/recorded.ts'

/** The engine, every connector whose provider has a simulator, and chance. */

const minute = 60_000

const faults = [
  { kind: 'reset', times: 2 },
  { kind: 'truncate' },
  { kind: 'truncate', midway: true },
  { kind: 'html', status: 502 },
  { kind: 'html' },
  { kind: 'empty-page' },
]

describe.each(feeds)('$facts.id', ({ facts, connect, schema, idColumn, serve }) => {
  test.each([1, 2])(
    'with faults, late rows, bursts and cursors that expire, every event arrives (seed %i)',
    async (seed) => {
      const missing = missingFixtures(facts.id)
      if (missing !== undefined) expect.fail(missing)
      const { connection, refusals } = readRecorded(facts.id)
      const temporary = refusals.filter((refusal) => refusal.expect === 'transient')
      const allFaults = [
        ...faults,
        ...temporary.map(({ status, headers, body }) => ({ kind: 'status', status, headers, body })),
      ]
      const clock = { time: epoch }
      const now = () => clock.time
      const startAt = epoch - 60 * minute
      const { options } = connection
      const { server, credential } = await serve({ options, seed, now, startAt, eventsPerMinute: 20, lateShare: 0.2 })
      await started(Promise.resolve(server))
      const connector = connect({
        options: { ...options },
        apiUrl: server.url,
        pageSize: Math.min(100, facts.pageSize),
        secret: async () => credential,
        http: createHttpClient({ now }),
        now,
      })
      const world = new EngineWorld(clock, pollStream(facts, schema, connector), schema)
      const run = () => world.run({ startAt, forMs: 50_000 })
      const random = seededRandom(seed)
      const outcomes = new Set<string>()
      for (let step = 0; step < 60; step++) {
        const chance = random()
        if (chance < 0.3) {
          await control(server, { faults: [{ skip: Math.floor(random() * 3), ...pick(allFaults, random) }] })
        } else if (chance < 0.4) await control(server, { expireCursors: true })
        else if (chance < 0.5) await control(server, { insert: [{ count: 250, agoMs: 4 * minute, spreadMs: 1000 }] })
        else if (chance < 0.6) await control(server, { insert: [{ agoMs: Math.floor(random() * 20) * minute }] })
        const { outcome, error } = await run()
        expect(['internal', 'configuration', 'credentials'], String(error)).not.toContain(outcome)
        outcomes.add(outcome)
        clock.time += minute
      }
      await control(server, { clearFaults: true })
      const end = clock.time
      for (let step = 0; step < 150; step++) {
        await run()
        clock.time += minute
      }
      expect(outcomes).toContain('transient')
      const wanted = await oracle(server, { from: startAt, to: end })
      expect(wanted.length).toBeGreaterThan(2500)
      const arrived = new Set(world.published.map((row) => row[idColumn]))
      expect(wanted.filter((id) => !arrived.has(id))).toEqual([])
    },
  )
})
