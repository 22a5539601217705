import { beforeEach, describe, expect, test } from 'vitest'
import { measure } from '../../../../lambdas/core/health/measure.ts'
import { healthKey } from '../../../../lambdas/core/health/memory.ts'
import { encodeState, type StreamState, stateFrom } from '../../../../lambdas/core/poll/live/state.ts'
import type { Feed } from '../../../../lambdas/core/standing/feeds.ts'
import { receiptKey } from '../../../../lambdas/core/webhook/receipt-notes.ts'
import { recoveryKey } from '../../../../lambdas/core/webhook/recovery/state.ts'
import { rejectionsKey } from '../../../../lambdas/core/webhook/rejections.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

const start = Date.parse('2026-03-01T00:00:00Z')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const feeds: Readonly<Record<string, readonly Feed[]>> = {
  polled: [{ stream: 'acme.audit', table: 'acme_audit' }],
  webhook: [{ table: 'acme_webhook' }],
}

let ops: ReturnType<typeof memoryStore>
beforeEach(() => {
  ops = memoryStore()
})

const measured = async (sources: Record<string, string>, now: number, more: object = {}) => {
  const named = Object.entries(sources).map(([id, type]) => [id, { type, label: id, ...more }])
  const outcome = await measure({
    ops: ops.store,
    facts: { namesRecoveries: true, sources: Object.fromEntries(named) },
    feedsOf: (type) => feeds[type] ?? [],
    graceHours: 72,
    now: () => now,
  })
  await outcome.keep()
  return outcome
}

const gaugesOf = async (source: string, type: string, now: number, more?: object) =>
  (await measured({ [source]: type }, now, more)).sources.get(source)

const put = (key: string, value: object) => void ops.objects.set(key, Buffer.from(JSON.stringify(value)))

function poll(facts: Partial<StreamState>): void {
  const rate = { perHour: 1_000, periodSeconds: 3_600 }
  const state = stateFrom({ startAt: start - day, low: start - day, lookBackMs: 0, rate }, start)
  ops.objects.set('state/log/acme.audit/state.json', Buffer.from(encodeState({ ...state, ...facts })))
}

describe('a webhook source', () => {
  test('counts hours since its newest event, however old', async () => {
    put(receiptKey('in'), { receivedAt: start })
    expect(await gaugesOf('in', 'webhook', start + 31 * day)).toEqual({ HoursSinceLastEvent: 31 * 24 - 1 / 6 })
  })

  test('without an event is measured from when it was first seen, but only after the grace for its set-up', async () => {
    expect(await gaugesOf('in', 'webhook', start)).toEqual({ HoursSinceLastEvent: 0 })
    expect(await gaugesOf('in', 'webhook', start + 71 * hour)).toEqual({ HoursSinceLastEvent: 0 })
    expect(await gaugesOf('in', 'webhook', start + 72 * hour)).toEqual({ HoursSinceLastEvent: 72 })
  })

  test('whose requests were refused for what they hold has a good credential', async () => {
    put(receiptKey('in'), { receivedAt: start })
    put(rejectionsKey('in'), { count: 3, lastAt: start + 2 * hour, lastReason: 'too_large' })
    expect(await gaugesOf('in', 'webhook', start + 3 * hour)).not.toHaveProperty('CredentialDaysLeft')
  })

  test('whose requests are refused has a credential with no days left', async () => {
    put(receiptKey('in'), { receivedAt: start })
    put(rejectionsKey('in'), { count: 3, lastAt: start + 2 * hour, lastReason: 'bad_credential' })
    expect(await gaugesOf('in', 'webhook', start + 3 * hour)).toEqual({
      HoursSinceLastEvent: 3 - 1 / 6,
      CredentialDaysLeft: 0,
    })
  })
})

describe('a webhook source with a recovery that stood still three days ago, its credential refused', () => {
  const now = start + 3 * day
  beforeEach(() => {
    put(receiptKey('in'), { receivedAt: now })
    put(recoveryKey('in'), {
      v: 1,
      scope: '',
      ledger: { entries: [], arrived: [] },
      isReceiving: true,
      budget: { at: start, requests: 1, rereads: 0, spare: 0 },
      seen: { id: '1', at: start },
      lastRun: { at: start, outcome: 'credentials', detail: 'refused' },
      backoff: { notBefore: start + hour, step: 3 },
    })
  })

  test('is behind and has no days left', async () => {
    expect(await gaugesOf('in', 'webhook', now, { recovery: true })).toMatchObject({
      MinutesBehind: 3 * 24 * 60,
      CredentialDaysLeft: 0,
    })
  })

  test('is neither once the settings have no recovery', async () => {
    expect(Object.keys((await gaugesOf('in', 'webhook', now)) ?? {})).toEqual(['HoursSinceLastEvent'])
  })
})

describe('a source that is fetched', () => {
  const working = { lastResult: { at: start, outcome: 'done' }, readUntil: start, lastEventAt: start } as const

  test('that works has one gauge', async () => {
    poll(working)
    expect(await gaugesOf('log', 'polled', start + minute)).toEqual({ HoursSinceLastEvent: 1 / 60 })
  })

  test('that lags says how far', async () => {
    poll(working)
    expect(await gaugesOf('log', 'polled', start + 15 * minute)).not.toHaveProperty('MinutesBehind')
    expect(await gaugesOf('log', 'polled', start + 90 * minute)).toMatchObject({ MinutesBehind: 90 })
  })

  test('in its first reading is not behind', async () => {
    poll({ lastResult: { at: start, outcome: 'open' } })
    expect(await gaugesOf('log', 'polled', start)).not.toHaveProperty('MinutesBehind')
  })

  test('that fails says for how long, until it no longer does', async () => {
    const transient = { at: start, outcome: 'transient', detail: 'answered 503' } as const
    poll({ ...working, lastResult: transient, backoff: { notBefore: start + minute, step: 3 } })
    expect(await gaugesOf('log', 'polled', start)).toMatchObject({ MinutesFailing: 0 })
    expect(await gaugesOf('log', 'polled', start + 45 * minute)).toMatchObject({ MinutesFailing: 45 })
    poll(working)
    expect(await gaugesOf('log', 'polled', start + 50 * minute)).not.toHaveProperty('MinutesFailing')
    poll({ ...working, lastResult: transient, backoff: { notBefore: start, step: 3 } })
    expect(await gaugesOf('log', 'polled', start + 60 * minute)).toMatchObject({ MinutesFailing: 0 })
  })

  test.each([
    ['refused', { backoff: { notBefore: start + hour, step: 1 } }],
    ['taken out', {}],
  ])('whose credential was %s has no days left', async (_, facts) => {
    poll({ ...working, lastResult: { at: start, outcome: 'credentials', detail: 'no' }, ...facts })
    expect(await gaugesOf('log', 'polled', start + minute)).toMatchObject({ CredentialDaysLeft: 0 })
  })

  test('that never had a credential is being set up', async () => {
    poll({ lastResult: { at: start, outcome: 'credentials', detail: 'the secret is empty' } })
    expect(await gaugesOf('log', 'polled', start + minute)).toEqual({ HoursSinceLastEvent: 0 })
  })

  test('whose credential expires is told two weeks ahead', async () => {
    poll({ ...working, credentialExpiresAt: start + 20 * day })
    expect(await gaugesOf('log', 'polled', start + minute)).not.toHaveProperty('CredentialDaysLeft')
    poll({ ...working, credentialExpiresAt: start + 10 * day })
    expect(await gaugesOf('log', 'polled', start)).toMatchObject({ CredentialDaysLeft: 10 })
  })
})

describe('what is remembered', () => {
  test('is put once, and not again while nothing changes', async () => {
    await measured({ in: 'webhook' }, start)
    const first = ops.objects.get(healthKey)
    await measured({ in: 'webhook' }, start + hour)
    expect(ops.objects.get(healthKey)).toBe(first)
  })

  test('of a source that is gone is forgotten, and one that is unreadable begins anew', async () => {
    await measured({ in: 'webhook', out: 'webhook' }, start)
    await measured({ in: 'webhook' }, start + hour)
    expect(JSON.parse(Buffer.from(ops.objects.get(healthKey) ?? '').toString())).toEqual({ in: { firstSeenAt: start } })
    ops.objects.set(healthKey, Buffer.from('{'))
    expect(await gaugesOf('in', 'webhook', start + 100 * hour)).toEqual({ HoursSinceLastEvent: 0 })
  })
})

test('open dead letters are counted, up to a thousand', async () => {
  expect(await measured({}, start)).toMatchObject({ openDeadLetters: 0 })
  for (let n = 0; n < 1_200; n++) put(`dead/dt=2026-03-01/${n}.json`, {})
  expect(await measured({}, start)).toMatchObject({ openDeadLetters: 1_000 })
})
