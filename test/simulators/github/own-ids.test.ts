import { expect, test } from 'vitest'
import { auditEventsOf } from '../../../simulators/github/audit-events.ts'
import { auditStream } from '../../../simulators/github/audit-stream.ts'
import { seededRandom } from '../../../simulators/shared/seeded-random.ts'

/** Random numbers of two logs coincide now and then; an event that both hold would be one row. */

const time = Date.UTC(2026, 0, 15)

const documentId = (login: string, at: number) =>
  auditEventsOf({ login, business: 'example' })(at, seededRandom(7), true).id

test('events of two organizations, or of two times, have other ids although the random numbers are the same', () => {
  const ids = [documentId('one-org', time), documentId('other-org', time), documentId('one-org', time + 1)]
  expect(new Set(ids).size).toBe(3)
  expect(documentId('one-org', time)).toBe(ids[0])
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/)
})

test('so have entries of two streams', () => {
  const [one, other] = ['one', 'other'].map((enterprise) =>
    auditStream({ enterprise, seed: 3 })
      .part('a')
      .entries(200, time, time + 60_000),
  )
  const ids = new Set(one?.map(({ id }) => id))
  expect(ids.size).toBeGreaterThan(200)
  expect(one?.some(({ kind }) => kind === 'usage')).toBe(true)
  expect(other?.filter(({ id }) => ids.has(id))).toEqual([])
})
