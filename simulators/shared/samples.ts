import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isObject, type Json, type JsonObject } from './json.ts'
import { pick, randomUuid, shuffled } from './seeded-random.ts'

/** Someone whom events name. E-mail and IP addresses come from the ranges reserved for examples. */
export interface Person {
  readonly name: string
  readonly email: string
  readonly address: string
  readonly number: number
  readonly uuid: string
}

/** One happening that a sample is made to tell of. */
export interface Occasion {
  /** In milliseconds since 1970. */
  readonly time: number
  readonly person: Person
  /** Whom the person acts upon. */
  readonly other: Person
  readonly random: () => number
}

/** What a sample's members become, by path such as `event.actor.id`. */
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
 * @param rename names that stand in the samples, and what replaces them everywhere
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

/** An event like one of the samples, picked by chance, of a person picked by chance. */
export function inventEvent(
  { samples, people, renewals }: EventSource,
  time: number,
  random: () => number,
): JsonObject {
  const sample = pick(samples, random)
  return renew(sample, renewals, { time, person: pick(people, random), other: pick(people, random), random })
}

/** A copy of the sample that tells of the occasion. Members that it lacks, or leaves null or empty, stay so. */
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
