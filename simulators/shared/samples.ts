import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isObject, type Json, type JsonObject } from './json.ts'
import { pick, randomUuid, shuffled } from './seeded-random.ts'

/** A person in events, with e-mail and IP addresses from the ranges reserved for examples. */
export interface Person {
  readonly name: string
  readonly email: string
  readonly address: string
  readonly number: number
  readonly uuid: string
}

/** The circumstances for which an event is made from a sample. */
export interface Occasion {
  /** In milliseconds since 1970. */
  readonly time: number
  readonly person: Person
  /** The person acted upon. */
  readonly other: Person
  readonly random: () => number
}

/** The new values of a sample's members, by path such as `event.actor.id`. */
export type Renewals = Readonly<Record<string, (occasion: Occasion) => Json>>

export interface EventSource {
  readonly samples: readonly JsonObject[]
  readonly people: readonly Person[]
  readonly renewals: Renewals
}

const names = ['ada', 'bjorn', 'chidi', 'dana', 'emil', 'farah', 'goro', 'hana', 'ines', 'jonas', 'kemi', 'lars']

export function inventPeople(random: () => number): Person[] {
  return shuffled(names, random).map((name, index) => ({
    name,
    email: `${name}@example.com`,
    address: `192.0.2.${index + 1}`,
    number: 5000 + index,
    uuid: randomUuid(random),
  }))
}

/**
 * The samples of a stream, by the names of their files.
 * @param rename names in the samples, and their replacements
 */
export function readSamples(folder: string, rename: Readonly<Record<string, string>> = {}): Map<string, JsonObject> {
  const files = globSync('*.json', { cwd: folder }).sort()
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const renamed = Object.entries(rename).reduce((now, [from, to]) => now.replaceAll(from, to), text)
      const sample: unknown = JSON.parse(renamed)
      if (!isObject(sample)) throw new TypeError(`${join(folder, file)} must hold one JSON object`)
      return [basename(file, '.json'), sample]
    }),
  )
}

/** An event made from a random sample, of a random person. */
export function inventEvent(
  { samples, people, renewals }: EventSource,
  time: number,
  random: () => number,
): JsonObject {
  const sample = pick(samples, random)
  return renew(sample, renewals, { time, person: pick(people, random), other: pick(people, random), random })
}

/** A copy of the sample for the occasion. Members that are missing, null or empty stay so. */
export function renew(sample: JsonObject, renewals: Renewals, occasion: Occasion): JsonObject {
  const event = structuredClone(sample)
  for (const [path, renewed] of Object.entries(renewals)) {
    const [, parentPath = '', name = ''] = /^(?:(.+)\.)?([^.]+)$/.exec(path) ?? []
    const parent = parentPath === '' ? event : memberAt(event, parentPath)
    if (isObject(parent) && parent[name] !== '' && (parent[name] ?? null) !== null) parent[name] = renewed(occasion)
  }
  return event
}

/** @param path such as `event.metadata` */
export function memberAt(object: JsonObject, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), object)
}
