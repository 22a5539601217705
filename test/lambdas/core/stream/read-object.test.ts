import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StoreError } from '../../../../lambdas/core/errors.ts'
import {
  addCounts,
  beginning,
  nothingCounted,
  type ObjectPorts,
  type ObjectReading,
  type Position,
  readObject,
} from '../../../../lambdas/core/stream/read-object.ts'
import { auditStream } from '../../../../simulators/github/audit-stream.ts'
import { streamScenarios } from '../../../../simulators/github/audit-stream-scenarios.ts'
import { batchEnd, epoch, eventLine, idOf, StreamWorld } from '../../../support/stream-world.ts'

const name = '2026/01/15/10/30/a.json.log.gz'
const address = `s3://audit-bucket/${name}`

/** Reads the object of a world from a position. */
async function read(world: StreamWorld, more: Partial<ObjectPorts> = {}, from?: Position): Promise<ObjectReading> {
  const ports = { mayGoOn: () => true, ...world.ports(), ...more }
  const object = await ports.bucket.open(name)
  if (!object) throw new TypeError('no object')
  const receipt = { ...ports.source, receivedAt: object.writtenAt, object: address }
  return readObject(object, receipt, ports, from)
}

const failuresOf = (world: StreamWorld) => [...world.failures.values()]

describe('scenarios of the simulated stream', () => {
  const stream = auditStream({ seed: 1 })
  test.each(Object.entries(streamScenarios))('%s: its rows and failures', async (_name, scenario) => {
    const { objects, expected } = scenario(stream, { now: epoch })
    const world = new StreamWorld({ partBytes: 1_000 })
    for (const object of objects) world.put(object.name, object.body)
    const outcome = await world.receive(objects.map((object) => world.message(object.name)))
    expect(outcome?.failed).toEqual(new Map())
    const rows = [...world.events.values()]
    const timeOf = (row: (typeof rows)[number]) => Date.parse(String(row.p_event_time))
    const expectedTimes = new Map([...expected.events, ...expected.usage])
    expect(new Map(rows.map((row) => [idOf(row), timeOf(row)]))).toEqual(expectedTimes)
    expect(world.failures.size).toBe(expected.failures)
    expect(outcome?.totals).toMatchObject({ excluded: expected.excluded, ignored: expected.ignored, gone: 0, open: 0 })
    expect(world.calls.filter((call) => call.startsWith('open')).length).toBe(
      objects.length - expected.excluded - expected.ignored,
    )
  })
})

/** Lines of every kind, blank ones and broken ones among them. */
const line = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_000).map((id) => eventLine(id, { text: 'é'.repeat(id % 7) })) },
  fc.constantFrom('', '   ', '{"action":', '[]', '7', '\u{FEFF}{}', '{"type":"request","event_id":"e"}'),
)
const file = fc
  .record({ lines: fc.array(line, { maxLength: 30 }), lineBreak: fc.constantFrom('\n', '\r\n'), ends: fc.boolean() })
  .map(({ lines, lineBreak, ends }) => lines.join(lineBreak) + (ends ? lineBreak : ''))

/** The lines, after some of which a batch ends. */
const withBatchEnds = (text: string): string =>
  text
    .split(/(?<=\n)/)
    .flatMap((one, index) => (index % 4 === 2 ? [one, `${batchEnd}\n`] : [one]))
    .join('')

test('wherever the reading stops and goes on by position, the rows are those of one reading', async () => {
  await fc.assert(
    fc.asyncProperty(
      file,
      fc.infiniteStream(fc.boolean()),
      fc.integer({ min: 1, max: 50 }),
      async (text, goes, partBytes) => {
        const body = gzipSync(withBatchEnds(text), { level: 1 })
        const [whole, parts] = [{}, { partBytes: partBytes * 1_000 }].map(
          (more) => new StreamWorld({ copilotUsage: 'leave-out', ...more }),
        )
        if (!whole || !parts) throw new TypeError('no worlds')
        for (const world of [whole, parts]) world.put(name, body)
        const once = await read(whole)
        expect(once.end).toBe('done')

        let position = beginning
        let counts = nothingCounted
        let readings = 0
        for (let end = 'open'; end === 'open'; readings++) {
          const reading = await read(parts, { mayGoOn: () => Boolean(goes.next().value) }, position)
          counts = addCounts(counts, reading.counts)
          ;({ end, position } = reading)
          expect(readings).toBeLessThan(30)
        }
        expect(parts.events).toEqual(whole.events)
        expect(parts.failures).toEqual(whole.failures)
        expect(counts).toEqual(once.counts)
        expect(position).toEqual(once.position)
      },
    ),
    { numRuns: 40 },
  )
})

test('each failure names its object, its line and its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.integer({ min: 1, max: 200 }), async (text, partBytes) => {
      const world = new StreamWorld({ partBytes })
      world.put(name, gzipSync(text))
      const { counts } = await read(world)
      const lines = text.split(/\r?\n/)
      const bad = lines.flatMap((one, index) => (one.trim() === '' || isObject(one) ? [] : [index + 1]))
      expect(failuresOf(world).map(({ position }) => position)).toEqual(bad)
      for (const { position, raw, origin, p_source_id } of failuresOf(world)) {
        expect({ origin, raw, p_source_id }).toEqual({
          origin: address,
          raw: lines[Number(position) - 1] ?? '',
          p_source_id: 'stream',
        })
      }
      expect(counts.failed).toBe(bad.length)
      expect(counts.events).toBe(lines.filter(isObject).length)
    }),
  )
})

function isObject(text: string): boolean {
  try {
    return /^\{/.test(text.trim()) && typeof JSON.parse(text.trim()) === 'object'
  } catch {
    return false
  }
}

/** Each event is a batch. */
const batches = (count: number) =>
  gzipSync(Array.from({ length: count }, (_, id) => `${eventLine(id)}\n${batchEnd}\n`).join(''), { level: 1 })

test('a publisher that fails at any batch loses nothing after another try', async () => {
  const body = batches(4)
  for (let failing = 0; failing < 4; failing++) {
    const world = new StreamWorld({ copilotUsage: 'leave-out' })
    world.put(name, body)
    let publishes = 0
    world.breaks = (call) => call === 'publish' && publishes++ === failing
    await expect(read(world)).rejects.toBeInstanceOf(StoreError)
    expect(world.events.size).toBe(failing)
    expect(await read(world)).toMatchObject({ end: 'done', counts: { events: 4, failed: 0 } })
    expect(world.ids).toEqual(['0', '1', '2', '3'])
    expect(world.published).toBe(4 + failing)
  }
})

test('what is kept now and then is durable, and reading goes on from it', async () => {
  const body = batches(20)
  const world = new StreamWorld({ copilotUsage: 'leave-out' })
  world.put(name, body)
  const kept: { position: Position; rows: number }[] = []
  await read(world, { keep: async (position) => void kept.push({ position, rows: world.events.size }) })
  expect(kept).toHaveLength(2)
  for (const { position, rows } of kept) {
    expect(position.lines).toBe(2 * rows)
    const later = new StreamWorld({ copilotUsage: 'leave-out' })
    later.put(name, body)
    await read(later, {}, position)
    expect([...later.events.keys()]).toEqual([...world.events.keys()].slice(rows))
  }
})

test('a line that is too long is one failure, and its neighbours are rows', async () => {
  const world = new StreamWorld({ partBytes: 100_000 })
  const long = eventLine('long', { filler: 'x'.repeat(9_000_000) })
  world.put(name, [eventLine(1), long, '', eventLine(2)].join('\n'))
  const { counts, position } = await read(world)
  expect(counts).toEqual({ events: 2, failed: 1, leftOut: 0 })
  expect(world.ids).toEqual(['1', '2'])
  expect(failuresOf(world)).toMatchObject([{ reason: 'too_large', position: 2, raw_bytes: 8_000_000, origin: address }])
  expect(position).toEqual({ bytes: world.objects.get(name)?.body.length, lines: 4 })
})

test.each([
  ['after a line', 1, '\n', 2],
  ['within a line', 1, '\n{"action":"repo.cr', 2],
  ['after blank lines', 1, '\n\n\n{"action":"repo.cr', 4],
])('a cut %s is one failure at its line, with the text that is left', async (_where, events, rest, position) => {
  const world = new StreamWorld()
  const text = eventLine(1) + rest
  world.put(name, gzipSync(text, { level: 0 }).subarray(0, -8))
  const { counts } = await read(world)
  expect(counts).toEqual({ events, failed: 1, leftOut: 0 })
  const bytes = Buffer.byteLength(text) - Buffer.byteLength(rest.trimStart())
  expect(failuresOf(world)).toMatchObject([
    {
      reason: 'bad_encoding',
      raw: rest.trimStart() === '' ? expect.anything() : rest.trimStart(),
      position,
      origin: address,
      detail: expect.stringMatching(
        new RegExp(
          `^the gzip data end too early, near byte \\d+ of the object; its first ${bytes} bytes .*${position - 1} lines`,
        ),
      ),
    },
  ])
})

test('an event that the settings leave out is counted and is no row', async () => {
  const world = new StreamWorld({ copilotUsage: 'leave-out' })
  const usage = JSON.stringify({ type: 'request', event_id: 'e', body: 'a prompt' })
  world.put(name, [usage, eventLine(1), usage].join('\n'))
  const { counts } = await read(world)
  expect(counts).toEqual({ events: 1, failed: 0, leftOut: 2 })
  expect(world.ids).toEqual(['1'])
})

test('blank lines without end stop with the time as well, and go on by position', async () => {
  const world = new StreamWorld()
  world.put(name, gzipSync(Buffer.concat([Buffer.alloc(9_000_000, '\n'), Buffer.from(eventLine(1))])))
  const first = await read(world, { mayGoOn: () => false })
  expect(first.end).toBe('open')
  expect(first.position.lines).toBe(first.position.bytes)
  expect(first.position.bytes).toBeGreaterThanOrEqual(4_000_000)
  expect(first.position.bytes).toBeLessThan(8_000_000)
  expect(await read(world, {}, first.position)).toMatchObject({ end: 'done', counts: { events: 1, failed: 0 } })
  expect(world.ids).toEqual(['1'])
})

test.each(['x', '\n'])('text that never ends, of %j, is one failure at the limit', async (character) => {
  const world = new StreamWorld()
  const lines = `${eventLine(1)}\n`
  world.put(name, gzipSync(lines + character.repeat(200_000)))
  const { end, counts } = await read(world, { maxTextBytes: 100_000 })
  expect({ end, counts }).toEqual({ end: 'done', counts: { events: 1, failed: 1, leftOut: 0 } })
  expect(world.ids).toEqual(['1'])
  expect(failuresOf(world)).toMatchObject([
    {
      reason: 'too_large',
      origin: address,
      detail: expect.stringMatching(
        /^the object holds more than 100000 bytes after decompression; its first \d+ bytes/,
      ),
    },
  ])
})
