import { expect, test } from 'vitest'
import { CursorError, TransientError } from '../../../../lambdas/core/errors.ts'
import { Killer, type PollWorld, pollWorld, recover, stateKey } from '../../../support/poll-world.ts'
import type { Order } from '../../../support/provider-model.ts'

const minute = 60_000
const pageSize = 4

const makeWorld = (order: Order) => pollWorld({ order, pageSize, fetchMs: 6_000, cursorMs: 70_000 })

/** Covers a first run, open windows, ties, late rows, an empty page, a lost cursor, a wait and a lost state. */
async function scenario(world: PollWorld, killer: Killer, stateLost: boolean): Promise<void> {
  const { provider, clock } = world
  const run = async () => {
    await world.run({ killer })
    clock.time += minute
  }
  for (let n = 0; n < 30; n++) provider.expose(n * 40_000)
  await run()
  for (let n = 0; n < 9; n++) provider.expose()
  provider.faults.push({ limits: {} }, { emptyPage: true }, { limits: {} }, { error: new CursorError('gone') })
  for (let n = 0; n < 3; n++) await run()
  for (let n = 0; n < 6; n++) provider.expose(n * 4 * minute)
  provider.faults.push({ error: new TransientError('down') })
  for (let n = 0; n < 3; n++) await run()
  if (stateLost) world.objects.delete(stateKey)
  provider.expose(minute)
  for (let n = 0; n < 4; n++) await run()
  clock.time += 11 * minute
  for (let n = 0; n < 3; n++) await run()
}

const cases = [
  ['newest-first', false],
  ['newest-first', true],
  ['oldest-first', false],
  ['oldest-first', true],
] as const

test.each(cases)('%s, state lost on the way: %s; killed before and after every step', async (order, stateLost) => {
  const unharmed = makeWorld(order)
  const counter = new Killer()
  await scenario(unharmed, counter, stateLost)
  await recover(unharmed)
  expect(unharmed.arrived).toEqual(unharmed.provider.exposed)
  expect(unharmed.repeated > 0).toBe(stateLost)
  for (let at = 0; at < counter.steps; at++) {
    const world = makeWorld(order)
    const killer = new Killer(at)
    await scenario(world, killer, stateLost)
    expect(killer.killed).toBe(true)
    await recover(world)
    expect(world.arrived, `killed at step ${at}`).toEqual(world.provider.exposed)
    expect(world.rowIds.size).toBe(world.provider.exposed.length)
    // A killed run may repeat what it published without remembering it: at most a page.
    if (!stateLost) expect(world.repeated).toBeLessThanOrEqual(pageSize)
  }
  console.log(`${order}, state ${stateLost ? 'lost' : 'kept'}: ${counter.steps} kill points covered`)
})
