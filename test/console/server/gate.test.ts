import { expect, test } from 'vitest'
import { Gate } from '../../../console/server/gate.ts'

/** One who is inside until `end` is called. */
function someone(gate: Gate, signal?: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const seen = { isIn: false }
  const done = gate.through(async () => {
    seen.isIn = true
    await promise
  }, signal)
  return { seen, done, end: resolve }
}

/** All that is due has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('so many are in at a time, in the order of their coming, whatever they throw', async () => {
  const gate = new Gate(2)
  await expect(gate.through(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  const all = Array.from({ length: 4 }, () => someone(gate))
  const areIn = () => all.map(({ seen }) => seen.isIn)
  await settled()
  expect(areIn()).toEqual([true, true, false, false])
  all[1]?.end()
  await settled()
  expect(areIn()).toEqual([true, true, true, false])
  all[0]?.end()
  await settled()
  expect(areIn()).toEqual([true, true, true, true])
})

test.each(['before', 'after'])('a place is not lost to one who leaves just %s it is free', async (when) => {
  const gate = new Gate(1)
  const first = someone(gate)
  const leaving = new AbortController()
  const second = someone(gate, leaving.signal)
  const third = someone(gate)
  const left = second.done.catch((error: unknown) => error)
  await settled()
  if (when === 'before') leaving.abort()
  first.end()
  if (when === 'after') void first.done.then(() => leaving.abort())
  await first.done
  second.end()
  await settled()
  expect(third.seen.isIn).toBe(true)
  if (when === 'before') expect(await left).toMatchObject({ name: 'AbortError' })
  await expect(gate.through(async () => {}, AbortSignal.abort())).rejects.toThrow('aborted')
})
