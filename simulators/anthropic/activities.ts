import { join } from 'node:path'
import { inventEvent, inventPeople, type Person, type Renewals, readSamples, renew } from '../shared/samples.ts'
import { pick, randomText, randomUuid, seededRandom } from '../shared/seeded-random.ts'
import type { Invented } from '../shared/simulated-feed.ts'

/** The organizations in the feed. */
export const exampleOrganizations = [
  { id: 'org_01Example', uuid: '5d1f0a52-8f57-4c7e-9b64-0d2f3c9a7e11' },
  { id: 'org_01Another', uuid: '0c9f7a36-1b9e-4a51-8a4e-77f7c1f0b0aa' },
] as const

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789'
const organizationOf = ({ number }: Person) => exampleOrganizations[number % 2 === 0 ? 0 : 1]

/** Every activity has its own id, and a time in whole seconds. */
const identity: Renewals = {
  id: ({ random }) => `activity_01${randomText(22, alphabet, random)}`,
  created_at: ({ time }) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
}

const renewals: Renewals = {
  ...identity,
  organization_id: ({ person }) => organizationOf(person).id,
  organization_uuid: ({ person }) => organizationOf(person).uuid,
  'actor.email_address': ({ person }) => person.email,
  'actor.ip_address': ({ person }) => person.address,
  'actor.user_id': ({ person }) => `user_01${person.name}`,
}

const people = inventPeople(seededRandom(1))
const { 'compliance-api-accessed': accessed = {}, ...others } = Object.fromEntries(
  readSamples(join(import.meta.dirname, 'samples/activity')),
)
const samples = Object.values(others)

/** Makes an activity of one of the organizations, or of none. */
export function inventActivity(time: number, random: () => number): Invented {
  const event = inventEvent({ samples, people, renewals }, time, random)
  return { id: String(event.id), event }
}

/** The activity that a request of the Compliance API causes. */
export function ownActivity(time: number, url: string, random: () => number): Invented {
  const own: Renewals = { ...identity, request_id: () => `req_${randomUuid(random)}`, url: () => url }
  const person = pick(people, random)
  const event = renew(accessed, own, { time, person, other: person, random })
  return { id: String(event.id), event }
}
