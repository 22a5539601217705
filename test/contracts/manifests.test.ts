import { describe, expect, test } from 'vitest'
import { objectStreams } from '../../lambdas/connectors/generated/objects.ts'
import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import { webhookStreams } from '../../lambdas/connectors/generated/webhooks.ts'
import { isChosen, streamsOption } from '../../lambdas/connectors/manifest-streams.ts'
import { sourceTypes } from '../../settings/source-types.ts'

/** What the manifest of every connector keeps to. */

describe.each([...sourceTypes])('%s', (type, facts) => {
  test('names its documentation', () => expect(facts.docs).toMatch(/^https:\/\/\S+$/))

  test('is registered with what its manifest states', async () => {
    if (facts.mode === 'poll') {
      const streams = (await polledStreams[type]?.()) ?? []
      expect(streams.map((stream) => stream.facts)).toEqual(facts.streams)
      expect(streams).not.toEqual([])
    } else if (facts.mode === 'stream') {
      const { id, schema } = (await objectStreams[type]?.()) ?? {}
      expect({ id, logType: schema?.logType }).toEqual(facts.stream)
    } else {
      expect((await webhookStreams[type]?.())?.schema.logType).toBe(facts.logType)
    }
  })
})

const withChoice = [...sourceTypes].flatMap(([type, facts]) => {
  const option = facts.mode === 'poll' ? new Map(Object.entries(facts.options)).get(streamsOption) : undefined
  return facts.mode === 'poll' && option?.kind === 'choice' ? [{ type, streams: facts.streams, option }] : []
})

test.each(withChoice)('$type: each choice of streams names one, and both means all', ({ streams, option }) => {
  const chosen = (choice: string) => streams.filter(({ id }) => isChosen({ [streamsOption]: choice }, id)).length
  expect(option.values.map(chosen)).toEqual(option.values.map((value) => (value === 'both' ? streams.length : 1)))
})

test('no source type is registered without a manifest, and none twice', () => {
  const registered = [polledStreams, webhookStreams, objectStreams].flatMap((registry) => Object.keys(registry))
  expect(registered.sort()).toEqual([...sourceTypes.keys()].sort())
})
