import { pick, pickWeighted, randomUuid, shuffled } from '../shared/seeded-random.ts'
import { type HexTargetType, hexActions } from './actions.ts'

export interface HexPerson {
  readonly id: string
  readonly email: string
  readonly role: string
  /** The address that their requests come from. */
  readonly location: string
  readonly userAgent: string
}

/** Something that actions are done to. */
export interface HexThing {
  readonly id: string
  readonly title: string
  /** RFC 3339, as are all times of Hex. */
  readonly createdDate: string
  readonly updatedDate: string
  readonly creatorId: string
}

/** A workspace of somebody: who works there and on what. Its parts stay the same as long as it lives. */
export interface HexWorkspace {
  readonly id: string
  readonly name: string
  readonly people: readonly HexPerson[]
  readonly things: ReadonlyMap<HexTargetType, readonly HexThing[]>
}

const thingsOfEachType = 8
const firstDay = Date.UTC(2025, 0, 1)
const yearMs = 365 * 24 * 60 * 60 * 1000

const names = ['ada', 'bjorn', 'chidi', 'dana', 'emil', 'farah', 'goro', 'hana', 'ines', 'jonas', 'kemi', 'lars']
const companies = ['Acme', 'Globex', 'Initech', 'Umbrella']
const roles = [
  { role: 'ADMIN', weight: 1 },
  { role: 'MANAGER', weight: 1 },
  { role: 'EDITOR', weight: 4 },
  { role: 'EXPLORER', weight: 2 },
  { role: 'VIEWER', weight: 3 },
]
const systems = ['Macintosh; Intel Mac OS X 10_15_7', 'Windows NT 10.0; Win64; x64', 'X11; Linux x86_64']
const subjects = ['Revenue', 'Churn', 'Forecast', 'Signups', 'Umsätze 📈', 'Costs', 'Leads "Q1"', 'Stock']

/** A workspace that nobody has: addresses and names are from the ranges kept for examples. */
export function inventWorkspace(random: () => number): HexWorkspace {
  const people = shuffled(names, random).map((name, index) => ({
    id: randomUuid(random),
    email: `${name}@example.com`,
    role: pickWeighted(roles, ({ weight }) => weight, random).role,
    location: `192.0.2.${index + 1}`,
    userAgent:
      `Mozilla/5.0 (${pick(systems, random)}) AppleWebKit/537.36 (KHTML, like Gecko) ` +
      `Chrome/${130 + Math.floor(random() * 12)}.0.0.0 Safari/537.36`,
  }))
  const company = pick(companies, random)
  const workspace = inventThing('workspace', company, people, random)
  const types = new Set(hexActions.flatMap(({ targets }) => targets))
  const things = [...types].map((type): [HexTargetType, HexThing[]] => [type, inventThings(type, people, random)])
  return {
    id: workspace.id,
    name: company,
    people,
    things: new Map([...things, ['workspace', [workspace]]]),
  }
}

function inventThings(type: HexTargetType, people: readonly HexPerson[], random: () => number): HexThing[] {
  // users are the people themselves, whoever else they appear as
  if (type === 'user')
    return people.map((person) => ({ ...inventThing(type, person.email, people, random), id: person.id }))
  return Array.from({ length: thingsOfEachType }, () => inventThing(type, pick(subjects, random), people, random))
}

function inventThing(
  type: HexTargetType,
  subject: string,
  people: readonly HexPerson[],
  random: () => number,
): HexThing {
  const created = firstDay + Math.floor(random() * yearMs)
  return {
    id: randomUuid(random),
    title: type === 'user' || type === 'workspace' ? subject : `${subject} ${type.replaceAll('_', ' ')}`,
    createdDate: new Date(created).toISOString(),
    updatedDate: new Date(created + Math.floor(random() * yearMs * 0.5)).toISOString(),
    creatorId: pick(people, random).id,
  }
}
