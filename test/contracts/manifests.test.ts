import { describe, expect, test } from 'vitest'
import { oauthApps } from '../../lambdas/connectors/generated/oauth.ts'
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

const byConsent = [...sourceTypes].flatMap(([type, facts]) =>
  facts.mode === 'poll' && facts.oauth ? [{ type, oauth: facts.oauth, options: facts.options }] : [],
)

describe.each(byConsent)('$type by consent', ({ type, oauth, options }) => {
  test('is registered with what its manifest states', async () => {
    expect((await oauthApps[type]?.())?.facts).toEqual(oauth)
  })

  test('has the options for it, and one that names whose log it must be', () => {
    expect(Object.keys(options)).toEqual(expect.arrayContaining(['oauth', 'webUrl', 'apiUrl', oauth.expects]))
  })

  test('asks for a scope, and names the page on which the app is registered', () => {
    expect(oauth.scopes).not.toEqual([])
    expect(oauth.appPage).toMatch(/^https:\/\/\S+$/)
  })
})

test('no source type is registered without a manifest, and none twice', () => {
  const registered = [polledStreams, webhookStreams, objectStreams].flatMap((registry) => Object.keys(registry))
  expect(registered.sort()).toEqual([...sourceTypes.keys()].sort())
  expect(Object.keys(oauthApps).sort()).toEqual(byConsent.map(({ type }) => type).sort())
})
