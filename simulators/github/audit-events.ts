import { join } from 'node:path'
import { type EventSource, inventEvent, inventPeople, type Renewals, readSamples } from '../shared/samples.ts'
import { ownText, randomText, seededRandom } from '../shared/seeded-random.ts'
import type { Invented } from '../shared/simulated-feed.ts'

/** The owner of the audit log. */
export interface AuditedOrganization {
  readonly login: string
  /** Slug of the enterprise. */
  readonly business: string
}

/** GitHub's retention of Git events, in milliseconds. */
export const gitRetentionMs = 7 * 86_400_000

export const isGit = (action: unknown): boolean => typeof action === 'string' && action.startsWith('git.')

const repos = ['widgets', 'gadgets', 'docs', 'infrastructure', 'site']
const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Samples of Git events lack `created_at`; that of an anonymous clone also lacks `actor`. */
const renewalsOf = ({ login, business }: AuditedOrganization): Renewals => ({
  '@timestamp': ({ time }) => time,
  _document_id: ({ random, time }) =>
    randomText(22, idAlphabet, random).slice(0, 11) + ownText(`${login} ${time}`, 11, 'base64url'),
  actor: ({ person }) => person.name,
  actor_id: ({ person }) => person.number,
  actor_ip: ({ person }) => person.address,
  actor_is_bot: ({ person }) => person.name.endsWith('[bot]'),
  business: () => business,
  completed_at: ({ time }) => new Date(time).toISOString(),
  created_at: ({ time }) => time,
  repo: ({ person }) => `${login}/${repos[person.number % repos.length]}`,
  repo_id: ({ person }) => 482_001_000 + (person.number % repos.length),
  repository: ({ person }) => `${login}/${repos[person.number % repos.length]}`,
  started_at: ({ time }) => new Date(time - 90_000).toISOString(),
  user: ({ other }) => other.name,
  user_id: ({ other }) => other.number,
})

/** The parts of an organization's events. */
export function auditSource(org: AuditedOrganization): EventSource {
  const samples = readSamples(join(import.meta.dirname, 'samples/audit'), { 'example-org': org.login })
  const bot = { name: 'ci-bot[bot]', email: '', address: '192.0.2.99', number: 41_898_282, uuid: '' }
  const people = [...inventPeople(seededRandom(1)), bot]
  return { samples: [...samples.values()], people, renewals: renewalsOf(org) }
}

/** @returns a function that makes an event for a time, possibly a Git event if `withGit` is set */
export function auditEventsOf(
  org: AuditedOrganization,
): (time: number, random: () => number, withGit: boolean) => Invented {
  const all = auditSource(org)
  const withoutGit = { ...all, samples: all.samples.filter(({ action }) => !isGit(action)) }
  return (time, random, withGit) => {
    const event = inventEvent(withGit ? all : withoutGit, time, random)
    return { id: String(event._document_id), event }
  }
}
