import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import type { RegisteredStream } from '../../lambdas/connectors/registry.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import { createHttpClient } from '../../lambdas/core/poll/provider/http.ts'
import { pollStream } from '../../lambdas/core/poll/stream.ts'
import { readSamples } from '../../simulators/shared/samples.ts'
import { walk } from '../support/provider.ts'
import { missingFixtures, type Recorded, readRecorded } from '../support/recorded.ts'
import { startReplay } from '../support/replay.ts'

/** A page of every polled stream fits into the memory of a function, and can be asked for with fewer events. */

const mebibyte = 1024 * 1024

/** Half of the largest answer that is read, so that pages of events larger than any sample fit too. */
const largestPage = 8 * mebibyte

/** An event counts as this large at least, because samples are smaller than what providers show at times. */
const roomOfEvent = 4 * 1024

const registered = (await Promise.all(Object.values(polledStreams).map((load) => load()))).flat()

describe.each(registered)('$facts.id', (stream) => {
  const missing = missingFixtures(stream.facts.id)
  if (missing === undefined) keepsPagesSmall(stream, readRecorded(stream.facts.id))
  else test('has fixtures', () => expect.fail(missing))
})

function keepsPagesSmall({ facts, connect, schema }: RegisteredStream, recorded: Recorded): void {
  const { connection, pages } = recorded
  const window = { from: Date.parse(connection.window.from), to: Date.parse(connection.window.to) }

  async function replay() {
    const now = () => window.to
    const server = await startReplay(recorded, now)
    const connector = connect({
      options: { ...connection.options },
      apiUrl: server.url,
      pageSize: facts.pageSize,
      secret: async () => connection.secrets.works[0],
      http: createHttpClient({ now }),
      now,
    })
    return { server, stream: pollStream(facts, schema, connector) }
  }

  test('a page of its largest events stays far below the limit of an answer', async () => {
    const { stream } = await replay()
    const events = [...(await walk(stream, window)).events, ...samplesOf(facts.id)]
    expect(events).not.toEqual([])
    const sizes = events.map((event) => Buffer.byteLength(JSON.stringify(event)))
    expect(facts.pageSize * Math.max(roomOfEvent, ...sizes)).toBeLessThan(largestPage)
  })

  // The numbers of pages depend on their size.
  if (facts.order === 'unsorted') return

  test('asks for fewer events on the first page and the next when the engine says so', async () => {
    const [name] = Object.entries(connection.parameters).find(([, value]) => value === '{{pageSize}}') ?? []
    if (name === undefined) return expect.fail('connection.json must name the parameter that holds {{pageSize}}')
    const { stream, server } = await replay()
    const { next: cursor } = await stream.fetchPage({ ...window, size: 7 })
    if (cursor === undefined) return expect.fail('first.json must lead to a next page')
    await stream.fetchPage({ ...window, cursor, size: 3 })
    await stream.fetchPage({ ...window, cursor })
    expect(server.asked.map((parameters) => parameters[name])).toEqual(['7', '3', String(facts.pageSize)])
    const { parameters = {} } = pages.middle
    for (const asked of server.asked.slice(1)) expect(asked).toMatchObject(parameters)
  })
}

/** The events in `simulators/<provider>/samples/<stream>/`. */
function samplesOf(streamId: string): JsonObject[] {
  const [provider = '', stream = ''] = streamId.split('.')
  const folder = join(import.meta.dirname, '../../simulators', provider, 'samples', stream)
  return existsSync(folder) ? [...readSamples(folder).values()] : []
}
