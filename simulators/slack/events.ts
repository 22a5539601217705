import { join } from 'node:path'
import { inventEvent, inventPeople, type Renewals, readSamples } from '../shared/samples.ts'
import { randomText, randomUuid, seededRandom } from '../shared/seeded-random.ts'
import type { Invented } from '../shared/simulated-feed.ts'

const people = inventPeople(seededRandom(1))

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const userId = ({ number }: { readonly number: number }): string => `U0EXAMPLE${number}`

const auditRenewals: Renewals = {
  id: ({ random }) => randomUuid(random),
  date_create: ({ time }) => Math.floor(time / 1000),
  'actor.user.id': ({ person }) => userId(person),
  'actor.user.name': ({ person }) => person.name,
  'actor.user.email': ({ person }) => person.email,
  'entity.user.id': ({ other }) => userId(other),
  'entity.user.name': ({ other }) => other.name,
  'entity.user.email': ({ other }) => other.email,
  'context.ip_address': ({ person }) => person.address,
}

const auditSamples = [...readSamples(join(import.meta.dirname, 'samples/audit-logs')).values()]

/** An entry of the audit log. */
export function inventAuditEntry(time: number, random: () => number): Invented {
  const event = inventEvent({ samples: auditSamples, people, renewals: auditRenewals }, time, random)
  return { id: String(event.id), event }
}

const integrationRenewals: Renewals = {
  date: ({ time }) => String(Math.floor(time / 1000)),
  user_id: ({ person }) => userId(person),
  user_name: ({ person }) => person.name,
  app_id: ({ random }) => `A0${randomText(9, idAlphabet, random)}`,
  // A number in some entries, and text in others.
  service_id: ({ random }) => {
    const id = 1_000_000_000 + Math.floor(random() * 8_999_999_999)
    return random() < 0.5 ? id : String(id)
  },
}

const integrationSamples = [...readSamples(join(import.meta.dirname, 'samples/integration-logs')).values()]

/** An entry of the integration logs, which has no id: that of its integration or app is taken, which no other has. */
export function inventIntegration(time: number, random: () => number): Invented {
  const event = inventEvent({ samples: integrationSamples, people, renewals: integrationRenewals }, time, random)
  return { id: String(event.service_id ?? event.app_id), event }
}
