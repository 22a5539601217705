import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bucketName, eventLine, StreamWorld, s3Encoded } from '../../../support/stream-world.ts'

const small = (...ids: (string | number)[]) => gzipSync(ids.map((id) => eventLine(id)).join('\n'))

const testEvent = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-01-15T10:30:00.000Z',
  Bucket: bucketName,
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
})

test('a message that comes twice makes rows once', async () => {
  const world = new StreamWorld()
  world.put('a.json.gz', small(1, 2))
  const message = world.message('a.json.gz')
  const both = await world.receive([message, message])
  expect(both).toMatchObject({ failed: new Map(), totals: { done: 1, known: 1, events: 2 } })
  expect(await world.receive([message])).toMatchObject({ failed: new Map(), totals: { done: 0, known: 1, events: 0 } })
  expect(world.published).toBe(2)
  expect(world.state.days).toMatchObject([{ objects: 1, events: 2 }])
})

test('a message about another bucket is refused, and nothing of it is read', async () => {
  const world = new StreamWorld()
  for (const name of ['a.json.gz', 'b.json.gz']) world.put(name, small(name))
  const other = JSON.parse(world.message('a.json.gz', { bucket: 'bucket-of-others' }))
  const mixed = { Records: [...JSON.parse(world.message('b.json.gz')).Records, ...other.Records] }
  const outcome = await world.receive([JSON.stringify(other), JSON.stringify(mixed)])
  expect([...(outcome?.failed.keys() ?? [])]).toEqual(['m0', 'm1'])
  for (const error of outcome?.failed.values() ?? []) {
    expect(error).toMatchObject({ code: 'bad_message', message: expect.stringContaining('another bucket') })
  }
  expect(world.calls).toEqual([])
})

test('the test message is done and changes nothing', async () => {
  const world = new StreamWorld()
  expect((await world.receive([testEvent]))?.failed.size).toBe(0)
  expect([world.calls, world.ops.objects.size]).toEqual([[], 0])
})

test('a message about a deleted object makes one failure and is done', async () => {
  const world = new StreamWorld()
  const message = world.message('gone.json.gz')
  const outcome = await world.receive([message])
  expect(outcome).toMatchObject({ failed: new Map(), totals: { gone: 1, failed: 1 } })
  await world.receive([message])
  expect([...world.failures.values()]).toMatchObject([{ reason: 'gone', origin: `s3://${bucketName}/gone.json.gz` }])
})

test.each(['a b.json.gz', 'a+b.json.gz', 'a%20b%.json.gz', 'ä/é+ %2F.json.gz'])(
  'the object is found by its decoded name: %s',
  async (name) => {
    const world = new StreamWorld()
    world.put(name, small(1))
    // Forms differ in what they encode.
    const keys = [
      s3Encoded(name),
      encodeURIComponent(name),
      new URLSearchParams({ name }).toString().slice('name='.length),
    ]
    for (const key of keys) expect((await world.receive([world.message(name, { key })]))?.failed.size).toBe(0)
    expect(world.ids).toEqual(['1'])
    expect(world.failures.size).toBe(0)
  },
)

test('one bad message fails alone', async () => {
  const world = new StreamWorld()
  for (const name of ['a.json.gz', 'b.json.gz', 'c.json.gz']) world.put(name, small(name))
  world.breaks = (call) => call === 'open b.json.gz'
  const bodies = [
    '{',
    '{}',
    world.message('c.json.gz', { key: '%' }),
    ...['a', 'b', 'c'].map((one) => world.message(`${one}.json.gz`)),
  ]
  const outcome = await world.receive(bodies)
  expect([...(outcome?.failed.keys() ?? [])]).toEqual(['m0', 'm1', 'm2', 'm4'])
  expect(world.ids).toEqual(['a.json.gz', 'c.json.gz'])
  expect(world.state.lastResult).toMatchObject({ outcome: 'transient' })
  world.breaks = () => false
  expect((await world.receive([world.message('b.json.gz')]))?.failed.size).toBe(0)
  expect(world.ids).toEqual(['a.json.gz', 'b.json.gz', 'c.json.gz'])
})

test('small objects come first', async () => {
  const world = new StreamWorld()
  const sizes = { 'c.json.gz': 30, 'a.json.gz': 3_000, 'b.json.gz': 300 }
  for (const [name, count] of Object.entries(sizes)) {
    world.put(name, small(...Array.from({ length: count }, (_, id) => `${name}${id}`)))
  }
  await world.receive(['a.json.gz', 'b.json.gz', 'c.json.gz'].map((name) => world.message(name)))
  const opened = world.calls.filter((call) => call.startsWith('open'))
  expect(opened).toEqual(['open c.json.gz', 'open b.json.gz', 'open a.json.gz'])
})

test('messages for which the time is not enough fail, and none of their rows is missing after the next delivery', async () => {
  const world = new StreamWorld()
  const names = Array.from({ length: 5 }, (_, n) => `${n}.json.gz`)
  for (const name of names) world.put(name, small(name))
  world.publishMs = 1_000
  const bodies = names.map((name) => world.message(name))
  const first = await world.receive(bodies, { ms: 1_500 })
  expect([...(first?.failed.keys() ?? [])]).toEqual(['m2', 'm3', 'm4'])
  const second = await world.receive(bodies)
  expect(second?.totals).toMatchObject({ known: 2, done: 3 })
  expect(world.ids).toEqual(names)
})

test('when the state cannot be read or saved, all messages are delivered again', async () => {
  const world = new StreamWorld()
  world.put('a.json.gz', small(1))
  world.ops.state.down = true
  await expect(world.receive([world.message('a.json.gz')])).rejects.toThrow('the store is down')
  world.ops.state.down = false
  await world.receive([world.message('a.json.gz')])
  expect(world.ids).toEqual(['1'])
})
