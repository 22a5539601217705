import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { inventEvent, inventPeople, readSamples, renew } from '../../simulators/shared/samples.ts'
import { seededRandom } from '../../simulators/shared/seeded-random.ts'

const people = inventPeople(seededRandom(1))
const [person, other] = people
if (!person || !other) throw new Error('there are people')
const renewals = {
  id: ({ random }: { random: () => number }) => `new-${random()}`,
  'actor.email': () => 'new@example.com',
  'actor.at.ip': () => '192.0.2.1',
}
const occasion = { time: 7, person, other, random: seededRandom(1) }

test('members are renewed by path; missing, null or empty ones and the sample itself stay unchanged', () => {
  const sample = { id: 'old', kind: 'login', actor: { email: 'old@example.com', at: null } }
  const event = renew(sample, renewals, occasion)
  expect(event).toEqual({
    id: expect.stringMatching(/^new-/),
    kind: 'login',
    actor: { email: 'new@example.com', at: null },
  })
  expect(sample.actor.email).toBe('old@example.com')
  expect(renew({ id: '', actor: 'ada' }, renewals, occasion)).toEqual({ id: '', actor: 'ada' })
})

test('the same seed makes the same events, and all samples occur', () => {
  const source = {
    samples: [
      { id: 'a', kind: 1 },
      { id: 'b', kind: 2 },
    ],
    people,
    renewals,
  }
  const story = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 50 }, (_, time) => inventEvent(source, time, random))
  }
  expect(story(7)).toEqual(story(7))
  expect(story(8)).not.toEqual(story(7))
  expect(new Set(story(7).map(({ kind }) => kind))).toEqual(new Set([1, 2]))
  expect(new Set(story(7).map(({ id }) => id)).size).toBe(50)
})

test('samples have the names of their files, and each is one object', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-samples-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'two.json'), '{"org": "example-org", "repo": "example-org/docs"}')
  await writeFile(join(folder, 'one.json'), '{"n": 1}')
  expect([...readSamples(folder, { 'example-org': 'acme' })]).toEqual([
    ['one', { n: 1 }],
    ['two', { org: 'acme', repo: 'acme/docs' }],
  ])
  await writeFile(join(folder, 'list.json'), '[{}]')
  expect(() => readSamples(folder)).toThrow('list.json must hold one JSON object')
})
