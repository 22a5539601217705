import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closesOf, type Fate, hour, minute, RecoveryWorld } from '../../../../support/recovery-world.ts'

describe('a failed delivery', () => {
  test('is asked for again and counted as repaired once the list shows its success', async () => {
    const world = new RecoveryWorld()
    world.isReceiverDown = true
    const guid = world.send('down')
    world.isReceiverDown = false
    await world.run()
    expect(world.asked).toEqual([guid])
    world.now += minute
    await world.run()
    expect(world.asked).toEqual([guid])
    expect(world.runs).toMatchObject([
      { kind: 'recovery', stream: 'github-webhook recovery', outcome: 'done', asked: 1, repaired: 0 },
      { asked: 0, repaired: 1 },
    ])
    expect(world.rows).toEqual([])
  })

  test('needs nothing when a delivery of the same event succeeded, also on another page', async () => {
    const world = new RecoveryWorld()
    world.isReceiverDown = true
    const guid = world.send('down')
    world.isReceiverDown = false
    for (let others = 0; others < 30; others++) world.send('well')
    world.deliver(guid)
    await world.pass(3 * hour)
    expect(world.asked).toEqual([])
    expect(world.runs).toEqual([])
  })

  test('that never succeeds is asked for three times, an hour apart, and then read from the provider', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('refused')
    const times: number[] = []
    for (let ticks = 0; ticks < 300; ticks++) {
      const before = world.asked.length
      await world.run()
      if (world.asked.length > before) times.push(world.now)
      world.now += minute
    }
    expect(world.asked).toEqual([guid, guid, guid])
    const [first = 0, second = 0, third = 0] = times
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(hour)
    expect(world.read).toEqual([guid])
    expect(world.rows).toMatchObject([{ p_log_type: 'GitHub.Webhook', p_webhook_delivery: guid }])
  })

  test('that never succeeds and of which the provider holds no body is reported', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('never')
    await world.pass(6 * hour)
    expect(world.asked).toEqual([guid, guid, guid])
    expect(world.failures).toMatchObject([
      {
        reason: 'incomplete',
        origin: 'recovery',
        detail: expect.stringContaining('the event push of 2026-01-05T00:00:00.000Z in repository 42: no body'),
      },
    ])
    expect(world.rowsAbout(guid)).toHaveLength(1)
  })

  test('that was reported and arrives later closes its failure', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('never')
    await world.pass(6 * hour)
    expect(world.failures).toHaveLength(1)
    world.deliver(guid, { hasArrived: true })
    await world.run()
    expect(world.failures.slice(1)).toMatchObject([{ resolves: world.failures[0]?.p_row_id }])
  })

  test('closes its failure also when the first attempt to say so fails', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('never')
    await world.pass(6 * hour)
    world.deliver(guid, { hasArrived: true })
    // After the state was read and the page fetched.
    world.faults = [undefined, undefined, 'transient']
    expect(await world.run()).toMatchObject({ outcome: 'transient' })
    expect(world.failures).toHaveLength(1)
    await world.pass(hour)
    expect(world.failures.slice(1)).toMatchObject([{ resolves: world.failures[0]?.p_row_id }])
  })

  test('of a test call is left alone', async () => {
    const world = new RecoveryWorld()
    world.send('never', { isTest: true, event: 'ping' })
    await world.pass(6 * hour)
    expect(world.asked).toEqual([])
    expect(world.rows).toEqual([])
  })

  test('that is listed minutes after newer ones is seen', async () => {
    const world = new RecoveryWorld()
    world.listedAfterMs = 20 * minute
    const guid = world.send('never')
    world.listedAfterMs = 0
    world.now += minute
    world.send('well')
    await world.pass(30 * minute, minute)
    expect(world.asked).toEqual([guid])
  })

  test('older than three days is neither asked for nor forgotten without a report', async () => {
    const world = new RecoveryWorld()
    await world.run()
    const guid = world.send('never')
    for (let ticks = 0; ticks < 73 * 60; ticks += 10) {
      world.faults = [undefined, 'credentials']
      await world.run()
      world.now += 10 * minute
    }
    await world.run()
    expect(world.asked).toEqual([])
    expect(world.rowsAbout(guid)).toEqual([])
    expect(world.failures).toMatchObject([{ reason: 'incomplete', raw: expect.stringContaining('"from"') }])
  })
})

describe('a receiver that does not answer', () => {
  test('gets one request a run until it answers again, then all the others', async () => {
    const world = new RecoveryWorld()
    world.isReceiverDown = true
    for (let events = 0; events < 50; events++) world.send('down')
    await world.run()
    world.now += minute
    await world.run()
    expect(world.asked).toHaveLength(2)
    world.isReceiverDown = false
    for (let runs = 0; runs < 3; runs++) {
      world.now += minute
      await world.run()
    }
    expect(world.events.every(({ guid }) => world.hasArrived(guid))).toBe(false)
    await world.pass(2 * hour)
    expect(world.events.every(({ guid }) => world.hasArrived(guid))).toBe(true)
  })
})

describe('a body that was too large', () => {
  test('is read, never asked for, and closes the failure that its refusal left', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('large')
    await world.pass(5 * hour)
    expect(world.asked).toEqual([])
    expect(world.read).toEqual([guid])
    expect(world.rows).toMatchObject([
      { p_log_type: 'GitHub.Webhook', p_webhook_delivery: guid },
      { p_log_type: 'classification_failures', resolves: closesOf(guid) },
    ])
  })

  test('closes that failure also when the first attempt to say so fails', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('large')
    // State, page, count of the attempt, body, row; then the failure is closed.
    world.faults = [undefined, undefined, undefined, undefined, undefined, 'transient']
    await world.run()
    expect(world.failures).toEqual([])
    await world.pass(6 * hour)
    expect(world.failures).toMatchObject([{ resolves: closesOf(guid) }])
  })

  test('of which the provider holds a part is a failure that names event, time and repository and keeps the part', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('large-cut')
    await world.pass(5 * hour)
    expect(world.failures).toMatchObject([
      { reason: 'incomplete', detail: expect.stringContaining('in repository 42: no body') },
    ])
    expect(JSON.parse(String(world.failures[0]?.raw))).toEqual({
      webhook: 'the webhook',
      guid,
      event: 'push',
      delivered_at: '2026-01-05T00:00:00.000Z',
      repository: '42',
      part: 'cut',
    })
  })

  test('that ends the process each time is given up after three attempts', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('large')
    for (let ticks = 0; ticks < 400; ticks++) {
      // After the state was read, the page fetched and the attempt counted.
      const isDue = !world.read.includes(guid) || ticks % 61 === 0
      world.faults = isDue ? [undefined, undefined, undefined, 'death'] : []
      await world.run()
      world.now += minute
    }
    expect(world.read.length).toBeLessThanOrEqual(3)
    expect(world.rowsAbout(guid).length).toBeGreaterThan(0)
  })
})

describe('settings that name another webhook', () => {
  /** A world whose receiver was down for three events, after the run that noted them. */
  async function withOpen() {
    const world = new RecoveryWorld()
    world.isReceiverDown = true
    const guids = [world.send('down'), world.send('down'), world.send('large-cut')]
    world.faults = [undefined, undefined, 'transient']
    await world.run()
    world.faults = []
    world.isReceiverDown = false
    world.now += minute
    return { world, guids }
  }
  const change = (world: RecoveryWorld) => Object.assign(world, { hook: 'webhook 2', scope: '{"hookId":"2"}' })

  test('leave a row for each known failed delivery of the one before, once its own list does not show them', async () => {
    const { world, guids } = await withOpen()
    const asked = world.asked.length
    change(world)
    const own = world.send('never')
    // An open list says nothing of what it lacks.
    world.faults = [undefined, 'transient']
    await world.run()
    expect(world.failures).toEqual([])
    await world.pass(hour)
    expect(world.failures.map(({ raw }) => JSON.parse(String(raw)).guid).sort()).toEqual(guids)
    expect(world.failures).toMatchObject(
      guids.map(() => ({ reason: 'undelivered', detail: expect.stringContaining('the webhook') })),
    )
    expect(world.asked.slice(asked)).toEqual([own])
    await world.pass(80 * hour)
    for (const guid of guids) expect(world.rowsAbout(guid)).toHaveLength(1)
  })

  test('and never show their list leave these rows before the provider forgets the deliveries', async () => {
    const { world, guids } = await withOpen()
    change(world)
    for (let hours = 0; hours < 73; hours++) {
      world.faults = [undefined, 'credentials']
      await world.run()
      world.now += hour
    }
    for (const guid of guids) expect(world.rowsAbout(guid)).toHaveLength(1)
  })

  test.each([1, 2, 3, 4, 5])('lose none of them when the process ends at step %i of the first run', async (step) => {
    const { world, guids } = await withOpen()
    change(world)
    world.faults = [...Array.from({ length: step }, () => undefined), 'death']
    await world.run()
    world.now += minute
    await world.run()
    for (const guid of guids) expect(new Set(world.rowsAbout(guid).map((row) => row.p_row_id)).size).toBe(1)
  })

  test('though only in other words, because its owner has another name, go on with its deliveries', async () => {
    const { world, guids } = await withOpen()
    world.scope = 'the webhook of a renamed owner'
    await world.pass(5 * hour)
    expect(guids.map((guid) => world.hasArrived(guid))).toEqual([true, true, false])
    expect(world.failures).toMatchObject([{ reason: 'incomplete' }])
  })

  test('and then the one before again take its deliveries up, and close the rows', async () => {
    const { world, guids } = await withOpen()
    const { hook, scope } = world
    change(world)
    await world.run()
    expect(world.failures).toHaveLength(3)
    Object.assign(world, { hook, scope })
    await world.pass(5 * hour)
    expect(guids.map((guid) => world.hasArrived(guid))).toEqual([true, true, false])
    const closed = world.failures.flatMap(({ resolves }) => (resolves ? [String(resolves)] : []))
    const open = world.failures.filter(({ resolves, p_row_id: id }) => !resolves && !closed.includes(String(id)))
    expect(closed).toHaveLength(3)
    expect(open.map(({ raw }) => String(raw))).toEqual([expect.stringContaining(String(guids[2]))])
  })
})

describe('faults', () => {
  test('a limit of the provider is waited for', async () => {
    const world = new RecoveryWorld()
    world.send('never')
    world.faults = [undefined, 'limit']
    expect(await world.run()).toMatchObject({ outcome: 'transient' })
    world.now += minute
    expect(await world.run()).toMatchObject({ outcome: 'waiting', last: { outcome: 'transient' } })
    world.now += 20 * minute
    expect(await world.run()).toMatchObject({ outcome: 'done' })
  })

  test('a refused credential waits until it is replaced', async () => {
    const world = new RecoveryWorld()
    world.send('never')
    world.faults = [undefined, 'credentials']
    expect(await world.run()).toMatchObject({ outcome: 'credentials' })
    world.now += 10_000
    expect(await world.run()).toMatchObject({ outcome: 'waiting' })
    world.credentialSince = world.now
    expect(await world.run()).toMatchObject({ outcome: 'done' })
  })

  test('of two runs at once one asks', async () => {
    const world = new RecoveryWorld()
    const guid = world.send('never')
    const results = await Promise.all([world.run(), world.run()])
    expect(world.asked).toEqual([guid])
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['done', 'lost'])
  })

  test('an idle run puts one object and makes one request', async () => {
    const world = new RecoveryWorld()
    world.send('well')
    await world.run()
    world.now += minute
    const result = await world.run()
    expect(result.row).toMatchObject({ requests: 1 })
    expect(world.runs).toEqual([])
    expect([...world.stored.objects.keys()]).toEqual(['state/hooks/recovery.json'])
  })

  test('a state of other settings, or that cannot be read, begins anew', async () => {
    const world = new RecoveryWorld()
    world.stored.objects.set('state/hooks/recovery.json', Buffer.from('{"v":1,"scope":'))
    const guid = world.send('never')
    await world.run()
    expect(world.asked).toEqual([guid])
  })
})

const fate = fc.constantFrom<Fate>('well', 'down', 'down', 'large', 'refused', 'never', 'large-cut')
const fault = fc.option(fc.constantFrom('transient', 'limit', 'credentials', 'death'), { nil: undefined, freq: 5 })
const step = fc.record({
  sent: fc.array(fate, { maxLength: 3 }),
  isReceiverDown: fc.boolean(),
  listedAfterMs: fc.constantFrom(0, 0, 4 * minute, 25 * minute),
  faults: fc.array(fault, { maxLength: 12 }),
  pause: fc.constantFrom(minute, 10 * minute, hour),
  scope: fc.constantFrom('the webhook', 'the webhook', 'the webhook of a renamed owner'),
})

test('whatever fails for a day: every event arrives, is read or is reported, after at most three requests', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const world = new RecoveryWorld()
      await world.run()
      for (const { sent, faults, pause, ...weather } of steps) {
        Object.assign(world, weather, { faults })
        for (const one of sent) world.send(one)
        await world.run()
        world.now += pause
      }
      Object.assign(world, { isReceiverDown: false, listedAfterMs: 0, faults: [] })
      await world.pass(80 * hour, 20 * minute)
      for (const { guid } of world.events) {
        expect(world.hasArrived(guid) || world.rowsAbout(guid).length > 0, guid).toBe(true)
        expect(world.asked.filter((asked) => asked === guid).length).toBeLessThanOrEqual(3)
        expect(world.read.filter((read) => read === guid).length).toBeLessThanOrEqual(3)
      }
      const large = world.events.filter((event) => event.fate.startsWith('large')).map(({ guid }) => guid)
      expect(world.asked.filter((guid) => large.includes(guid))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('a list that needs several runs goes on from its cursor, and from its newest delivery once that expires', async () => {
  const world = new RecoveryWorld()
  const guid = world.send('never')
  for (let events = 0; events < 2_500; events++) world.send('well')
  const next = async () => {
    const { outcome, row } = await world.run()
    world.now += minute
    return { outcome, isLong: Number(row?.requests) > 50 }
  }
  expect(await next()).toEqual({ outcome: 'open', isLong: true })
  world.haveCursorsExpired = true
  expect(await next()).toEqual({ outcome: 'open', isLong: false })
  world.haveCursorsExpired = false
  expect(await next()).toEqual({ outcome: 'open', isLong: true })
  expect(world.asked).toEqual([])
  expect(await next()).toMatchObject({ outcome: 'done' })
  expect(world.asked).toEqual([guid])
})

test('a cursor that is too long to be kept is an error, and is neither stored nor followed', async () => {
  const world = new RecoveryWorld()
  const guid = world.send('never')
  for (let events = 0; events < 40; events++) world.send('well')
  world.cursorLength = 5_000
  expect(await world.run()).toMatchObject({ outcome: 'transient' })
  expect(world.runs.at(-1)?.detail).toContain('too long to be kept')
  const stored = [...world.stored.objects.keys()].map((key) => world.stored.text(key))
  expect(stored.filter((text) => text.includes('0'.repeat(1_000)))).toEqual([])
  world.cursorLength = 0
  await world.pass(hour)
  expect(world.asked).toContain(guid)
})
