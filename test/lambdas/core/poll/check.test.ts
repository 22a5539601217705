import { expect, test } from 'vitest'
import { AuthError, ConfigError, StoreError, TransientError } from '../../../../lambdas/core/errors.ts'
import {
  type Checkable,
  checkEvent,
  checkStreams,
  feedCheck,
  isCheckEvent,
} from '../../../../lambdas/core/poll/check.ts'
import { keptSecret } from '../../../../lambdas/core/poll/provider/kept-secret.ts'
import type { Checked, PageRequest } from '../../../../lambdas/core/poll/stream.ts'

const secret = 'a-token-of-nobody-0123456789'
const kept = (value: string | undefined) =>
  keptSecret({ read: async () => (value === undefined ? undefined : { value, createdAt: 0 }) }, 'arn:secret')

function fails(error: unknown): () => Promise<never> {
  return () => Promise.reject(error)
}

const refused = new AuthError('the page is refused')
const revoked = new AuthError('the token is revoked', { fault: 'expired-or-revoked' })

/** The result for one stream with these parts. */
async function resultOf(parts: Partial<Checkable>) {
  const { checks } = await checkStreams([{ stream: 'acme.audit', read: async () => undefined, ...parts }], kept(secret))
  return checks[0]
}

test('only its own event asks for a check', () => {
  expect(isCheckEvent(checkEvent)).toBe(true)
  for (const event of [{}, { auditlake: 'tick' }, { Records: [] }, 'check', null])
    expect(isCheckEvent(event)).toBe(false)
})

test('a stream works whose page can be read, with what its connector finds out', async () => {
  expect(await resultOf({})).toEqual({ stream: 'acme.audit', ok: true })
  const found: Checked = { expiresAt: 7, remarks: ['So.'] }
  expect(await resultOf({ check: async () => found })).toEqual({ stream: 'acme.audit', ok: true, ...found })
})

const failures: readonly (readonly [string, Checkable['read'], Checkable['check'], object])[] = [
  ['the page, when only it fails', fails(refused), async () => ({}), { says: 'the page is refused' }],
  [
    'the page, when its fault is known',
    fails(revoked),
    fails(refused),
    { fault: 'expired-or-revoked', says: 'the token is revoked' },
  ],
  [
    'the check, when it alone knows the fault',
    fails(refused),
    fails(revoked),
    { fault: 'expired-or-revoked', says: 'the token is revoked' },
  ],
  ['the page, when neither knows', fails(refused), fails(new AuthError('no')), { says: 'the page is refused' }],
  [
    'the check, although the page can be read',
    async () => undefined,
    fails(revoked),
    { fault: 'expired-or-revoked', says: 'the token is revoked' },
  ],
  ['settings that cannot work', fails(new ConfigError('wrong')), undefined, { fault: 'settings', says: 'wrong' }],
  [
    'a connection that fails',
    fails(new TransientError('away', { fault: 'no-egress' })),
    undefined,
    { fault: 'no-egress', says: 'away' },
  ],
  [
    'a store of ours that fails',
    fails(new StoreError('the bucket cannot be listed')),
    undefined,
    { says: 'the bucket cannot be listed' },
  ],
  [
    'an error of our own, without its words',
    fails(new Error(secret)),
    undefined,
    { says: 'an error of our own: Error' },
  ],
]

test.each(failures)('what is told is that of %s', async (_what, read, check, told) => {
  expect(await resultOf({ read, check })).toEqual({ stream: 'acme.audit', ok: false, ...told })
})

test('a check that cannot be finished is none that was passed: the credential may be that of another organization', async () => {
  expect(await resultOf({ check: fails(new TransientError('too many requests')) })).toEqual({
    stream: 'acme.audit',
    ok: false,
    says: 'too many requests',
  })
})

test.each([
  ['an example', kept('<token>')],
  ['nothing', kept(undefined)],
])('with %s in the secret no stream is asked', async (_what, own) => {
  let asked = 0
  const read = async () => asked++
  const { checks } = await checkStreams(
    [
      { stream: 'a', read },
      { stream: 'b', read },
    ],
    own,
  )
  expect(checks.map(({ stream, ok, fault }) => [stream, ok, fault])).toEqual([
    ['a', false, 'placeholder'],
    ['b', false, 'placeholder'],
  ])
  expect(asked).toBe(0)
})

test('a feed is asked for a small page of the last hour, on multiples of its granularity', async () => {
  const asked: PageRequest[] = []
  const facts = {
    id: 'acme.audit',
    logType: 'Acme.Audit',
    order: 'oldest-first',
    lagSeconds: 0,
    lookBackSeconds: 0,
    granularityMs: 60_000,
    requestsPerHour: 1,
    limitPeriodSeconds: 1,
    pageSize: 1,
  } as const
  const connector = {
    fetchPage: async (request: PageRequest) => {
      asked.push(request)
      return { events: [], failures: [] }
    },
  }
  const { checks } = await checkStreams([feedCheck(facts, connector, () => 3_600_000 * 10 + 1)])
  expect(checks).toEqual([{ stream: 'acme.audit', ok: true }])
  expect(asked).toEqual([{ from: 3_600_000 * 9 + 60_000, to: 3_600_000 * 10 + 60_000, size: 5 }])
})
