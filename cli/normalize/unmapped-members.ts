import { isArray, isObject, isRawNumber, type Json } from '../../lambdas/core/json/json.ts'
import { readUnmapped } from '../../lambdas/core/normalize/unmapped.ts'
import type { Field, LogSchema, ValueType } from '../../schemas/definition.ts'

/** A member that columns do not hold exactly. */
export interface UnmappedMember {
  /** Its names joined by dots, such as `actor.device`; `[]` stands for any element of a list. */
  readonly member: string
  /** The events that have it. */
  readonly events: number
  /** The types of its values, such as `text` or `number or object`. */
  readonly type: string
  /** The type of its column; null for a member without one. */
  readonly column: string | null
}

/** Members to count one by one. Names can be data, for example in a map, and every event can bring others. */
const mostMembers = 1_000
/** The member that stands for all further ones. */
const others = '(other members)'
/** Characters of a path to show. */
const longestPath = 100

interface Counted {
  events: number
  readonly types: Set<string>
  readonly column: string | null
}

/** Counts what rows leave in `p_unmapped`, by member. Holds names of members and no values. */
export class UnmappedMembers {
  readonly #schema: LogSchema
  readonly #members = new Map<string, Counted>()
  #events = 0
  #withUnmapped = 0

  constructor(schema: LogSchema) {
    this.#schema = schema
  }

  /** Takes the `p_unmapped` of one event's row. */
  add(unmapped: unknown): void {
    this.#events++
    if (typeof unmapped !== 'string') return
    this.#withUnmapped++
    const found = new Map<string, Found>()
    findMembers(this.#schema.fields, readUnmapped(unmapped), '', found)
    const counted = new Set<Counted>()
    for (const [path, { types, column }] of found) {
      const member = this.#memberOf(path, column)
      counted.add(member)
      for (const type of types) member.types.add(type)
    }
    for (const member of counted) member.events++
  }

  #memberOf(path: string, column: string | null): Counted {
    const isOwn = this.#members.has(path) || this.#members.size < mostMembers
    const name = isOwn ? path : others
    const member = this.#members.get(name) ?? { events: 0, types: new Set(), column: isOwn ? column : null }
    this.#members.set(name, member)
    return member
  }

  /** Events in all, and those that have any unmapped member. */
  get events(): { readonly all: number; readonly withUnmapped: number } {
    return { all: this.#events, withUnmapped: this.#withUnmapped }
  }

  /** The members, those of most events first. */
  get all(): UnmappedMember[] {
    return [...this.#members]
      .map(([member, { events, types, column }]) => ({ member, events, type: [...types].sort().join(' or '), column }))
      .sort((a, b) => b.events - a.events || (a.member < b.member ? -1 : 1))
  }
}

interface Found {
  readonly types: Set<string>
  readonly column: string | null
}

/** Stops at the first name without a column, because what lies below is data of unknown meaning. */
function findMembers(fields: readonly Field[], rest: Json, prefix: string, found: Map<string, Found>): void {
  if (!isObject(rest)) return
  for (const name of Object.keys(rest)) {
    const field = fields.find((candidate) => candidate.name === name)
    findValue(field, rest[name] ?? null, `${prefix}${name}`, found)
  }
}

function findValue(type: ValueType | undefined, rest: Json, path: string, found: Map<string, Found>): void {
  if (type?.type === 'object' && isObject(rest) && Object.keys(rest).length > 0) {
    findMembers(type.fields, rest, `${path}.`, found)
  } else if (type?.type === 'array' && isArray(rest)) {
    for (const element of rest) if (element !== null) findValue(type.element, element, `${path}[]`, found)
  } else {
    const shown = path.length > longestPath ? `${path.slice(0, longestPath)}…` : path
    const member = found.get(shown) ?? { types: new Set(), column: type?.type ?? null }
    member.types.add(typeName(rest))
    found.set(shown, member)
  }
}

function typeName(value: Json): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'list'
  if (typeof value === 'number' || isRawNumber(value)) return 'number'
  if (isObject(value)) return Object.keys(value).length === 0 ? 'empty object' : 'object'
  return typeof value === 'string' ? 'text' : 'boolean'
}
