import { expect, test } from 'vitest'
import { RecordError } from '../../../../../lambdas/core/errors.ts'
import { publishedFailures } from '../../../../../lambdas/core/poll/past/published-failures.ts'
import { memoryStore } from '../../../../support/memory-stores.ts'
import { sweeping } from '../../../../support/poll-runs.ts'
import { epoch, pollWorld, prefix } from '../../../../support/poll-world.ts'

const hour = 3_600_000
const day = 24 * hour
const key = `${prefix}failures.json`
const rowsOf = (...ids: string[]) => ids.map((id) => ({ p_row_id: id }))
const batch = (logType: string, ...ids: string[]) => ({ logType, sourceId: 's', receivedAt: 0, rows: rowsOf(...ids) })

function noted() {
  const memory = memoryStore()
  const clock = { time: epoch }
  const failures = publishedFailures({
    store: memory.store,
    prefix,
    failureSchema: { logType: 'Failures' },
    now: () => clock.time,
  })
  const published: string[] = []
  const publisher = failures.noting({
    publish: async (batches) => {
      if (memory.state.down) throw new Error('down')
      published.push(...batches.flatMap(({ rows }) => rows.map(({ p_row_id: id }) => String(id))))
    },
  })
  const knows = async (id: string) => (await failures.known())(id)
  return { ...memory, clock, published, publisher, knows }
}

test('a part that is not an event is one failure, whether live runs or sweeps of hours and days read it', async () => {
  const world = pollWorld({ order: 'newest-first', pageSize: 5 })
  const { stream } = world.provider
  const shown = [{ time: epoch - hour / 60, bytes: Buffer.from('live') }]
  const options = {
    stream: {
      ...stream,
      async fetchPage(request: Parameters<typeof stream.fetchPage>[0]) {
        const within = shown.filter(({ time }) => time >= request.from && time < request.to)
        const failures = within.map(({ bytes }) => ({ error: new RecordError('not_object', 'no object'), bytes }))
        return { ...(await stream.fetchPage(request)), failures }
      },
    },
  }
  for (let hours = 0; hours < 60; hours++) {
    world.provider.expose()
    if (hours === 30) shown.push({ time: world.clock.time - 1.5 * hour, bytes: Buffer.from('late') })
    await world.run({ options, afterwards: sweeping })
    world.clock.time += hour
  }
  expect(world.recorded.filter(({ kind }) => kind === 'sweep').length).toBeGreaterThan(20)
  expect(world.failures).toMatchObject([{ raw: 'live' }, { raw: 'late' }])
})

test('only failures are noted, once they are durable, for eight days', async () => {
  const { publisher, knows, objects, state, clock } = noted()
  await publisher.publish([batch('Events', 'event')])
  expect(objects.size).toBe(0)
  state.down = true
  await expect(publisher.publish([batch('Failures', 'lost')])).rejects.toThrow('down')
  state.down = false
  await publisher.publish([batch('Events', 'event'), batch('Failures', 'a', 'b')])
  clock.time += 5 * day
  await publisher.publish([batch('Failures', 'c')])
  clock.time += 4 * day
  await publisher.publish([batch('Failures', 'd')])
  const ids = ['event', 'lost', 'a', 'b', 'c', 'd']
  expect(await Promise.all(ids.map(knows))).toEqual([false, false, false, false, true, true])
})

test('the newest ten thousand are kept', async () => {
  const { publisher, knows, clock } = noted()
  await publisher.publish([batch('Failures', 'first')])
  clock.time += hour
  await publisher.publish([batch('Failures', ...Array.from({ length: 10_000 }, (_, n) => `id ${n}`))])
  expect([await knows('first'), await knows('id 9999')]).toEqual([false, true])
})

test('a note that cannot be read or kept costs no failure', async () => {
  const { publisher, published, knows, objects, store } = noted()
  for (const text of ['cut', '[]', '{"x":"a"}', '{"1":7}']) {
    objects.set(key, Buffer.from(text))
    expect(await knows('a')).toBe(false)
  }
  store.put = async () => Promise.reject(new Error('down'))
  await publisher.publish([batch('Failures', 'a')])
  expect(published).toEqual(['a'])
})
