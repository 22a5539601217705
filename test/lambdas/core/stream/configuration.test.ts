import { expect, test } from 'vitest'
import { AuthError, TransientError } from '../../../../lambdas/core/errors.ts'
import { checkConfiguration } from '../../../../lambdas/core/stream/configuration.ts'
import type { ConfigurationCheck } from '../../../../lambdas/core/stream/stream-state.ts'
import { epoch, StreamWorld } from '../../../support/stream-world.ts'

const minute = 60_000
const day = 1440 * minute
const streams = [{ id: '1', destination: 'Amazon S3', enabled: true }]
const done: ConfigurationCheck = { at: epoch, outcome: 'done', streams }

const check = (before: ConfigurationCheck | undefined, time: number, answer: () => typeof streams) =>
  checkConfiguration(
    before,
    async () => answer(),
    () => time,
  )
const answers = () => streams
const fails = (error: Error) => () => {
  throw error
}

test('the provider is asked at once, and then a day after its last answer', async () => {
  expect(await check(undefined, epoch, answers)).toEqual(done)
  expect(await check(done, epoch + day - 1, answers)).toBeUndefined()
  expect(await check(done, epoch + day, answers)).toEqual({ ...done, at: epoch + day })
})

test('an error keeps what was known, and waits longer each time', async () => {
  let before: ConfigurationCheck | undefined = done
  let time = epoch + day
  const waits: number[] = []
  for (let n = 0; n < 9; n++) {
    const next = await check(before, time, fails(new TransientError('down')))
    expect(next).toMatchObject({ at: time, outcome: 'transient', detail: 'down', streams })
    const { notBefore = 0 } = next?.wait ?? {}
    waits.push((notBefore - time) / minute)
    expect(await check(next, notBefore - 1, answers)).toBeUndefined()
    ;[before, time] = [next, notBefore]
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  expect(await check(before, time, answers)).toEqual({ ...done, at: time })
})

test('a refused credential is tried again within a quarter of an hour, and a time that the provider names is kept', async () => {
  let refused: ConfigurationCheck | undefined
  for (let n = 0; n < 8; n++) {
    refused = await check(refused, refused?.wait?.notBefore ?? epoch, fails(new AuthError('refused')))
  }
  expect(refused).toMatchObject({ outcome: 'credentials', streams: [] })
  expect((refused?.wait?.notBefore ?? 0) - (refused?.at ?? 0)).toBe(15 * minute)
  const limited = await check(undefined, epoch, fails(new TransientError('slow', { retryAt: epoch + 40 * minute })))
  expect(limited?.wait?.notBefore).toBe(epoch + 40 * minute)
})

test('a tick asks once a day, and keeps the answer beside everything else', async () => {
  const world = new StreamWorld()
  let asked = 0
  const readConfiguration = async () => {
    asked++
    return streams
  }
  await world.ticks(3, { readConfiguration })
  expect(asked).toBe(1)
  expect(world.state).toMatchObject({ configuration: done, listing: { isOpen: false } })
  world.clock.time = epoch + day
  await world.tick({ readConfiguration })
  expect(asked).toBe(2)
})

test('what the provider said is forgotten once the settings no longer have it asked', async () => {
  const world = new StreamWorld()
  const paused = [{ id: '1', destination: 'Amazon S3', enabled: false }]
  await world.tick({ readConfiguration: async () => paused })
  expect(world.state).toMatchObject({ configuration: { streams: paused } })
  await world.tick()
  expect(world.state).not.toHaveProperty('configuration')
})
