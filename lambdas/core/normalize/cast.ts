import type { Field, Indicator, Path, TimeFormat, ValueType } from '../../../schemas/definition.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json/json.ts'
import { setMember } from '../json/set-member.ts'
import { collectIndicators } from './indicators.ts'
import { type Cast, keepAll, type Leftover } from './leftover.ts'
import { type CollectMembers, compileMemberIndicators } from './member-indicators.ts'
import { type RowTarget, type Slot, StructTarget } from './row-value.ts'
import { scalarCasts } from './scalar-casts.ts'
import { compileTime } from './time.ts'

/** Builds the cast for a type once; the cast then runs for every event. */
function compileCast(type: ValueType, eventTimes: EventTimes): Cast {
  switch (type.type) {
    case 'object':
      return castObject(type.fields, eventTimes)
    case 'array':
      return castArray(compileCast(type.element, []))
    case 'timestamp':
      throw new TypeError('a list of timestamps is not supported; declare it as json')
    default: {
      const cast = scalarCasts[type.type]
      if (type.memberIndicators) return withMembers(cast, compileMemberIndicators(type.memberIndicators))
      return type.indicators ? withIndicators(cast, type.indicators) : cast
    }
  }
}

function castObject(fields: readonly Field[], eventTimes: EventTimes): Cast {
  const castInto = compileMembers(fields, 0, eventTimes)
  return (value, leftover) => {
    if (!isObject(value)) return keepAll(value, leftover)
    const target = new StructTarget()
    const held = castInto(value, target, leftover)
    // Most engines cannot tell a struct of nulls from a null struct, so an empty object is left over as it is.
    leftover.rest ??= held ? undefined : {}
    return held ? target.struct : undefined
  }
}

/**
 * Casts the members of an object into the columns of a row or struct, leaving the others in `leftover.rest`.
 * @returns whether any column holds a value
 */
export type CastMembers = (object: JsonObject, target: RowTarget, leftover: Leftover) => boolean

/** The members that may hold the event's time: the path to each from here, and its rank in the schema. */
type EventTimes = readonly { readonly path: Path; readonly rank: number }[]

/** Casts one member into its column. @returns whether the column holds a value */
type CastMember = (member: Json, target: RowTarget, leftover: Leftover) => boolean

/**
 * Builds the casts for the members of an object once.
 * @param firstIndex index of the first field in the table or struct
 */
export function compileMembers(fields: readonly Field[], firstIndex: number, eventTimes: EventTimes): CastMembers {
  const casts = new Map(
    fields.map((field, at) => [
      field.name,
      compileMember(field, { column: field.column, index: firstIndex + at }, eventTimes),
    ]),
  )
  return (object, target, leftover) => {
    let held = false
    let rest: Record<string, Json> | undefined
    // Loops over the event instead of the schema, of which it fills a fraction. Parsed JSON inherits no members.
    for (const name in object) {
      const member = object[name]
      if (member === undefined) continue
      const castMember = casts.get(name)
      if (castMember === undefined) leftover.rest = member
      else {
        if (member === null) continue
        if (castMember(member, target, leftover)) held = true
        if (leftover.rest === undefined) continue
      }
      rest ??= {}
      setMember(rest, name, leftover.rest)
    }
    leftover.rest = rest
    return held
  }
}

function compileMember(field: Field, slot: Slot, eventTimes: EventTimes): CastMember {
  const { name } = field
  const below = eventTimes
    .filter(({ path }) => path[0] === name)
    .map(({ path, rank }) => ({ path: path.slice(1), rank }))
  if (field.type === 'timestamp') return castTime(slot, field.formats ?? [], below[0]?.rank)
  const cast = compileCast(field, below)
  return (member, target, leftover) => {
    const value = cast(member, leftover)
    if (value === undefined) return false
    target.set(slot, value)
    return true
  }
}

function castTime(slot: Slot, formats: readonly TimeFormat[], rank: number | undefined): CastMember {
  const parse = compileTime(formats)
  return (member, target, leftover) => {
    const instant = parse(member)
    leftover.rest = instant?.exact ? undefined : member
    if (!instant) return false
    target.setTime(slot, instant.ms)
    if (rank !== undefined) leftover.eventTimes[rank] = instant.ms
    return true
  }
}

function castArray(castElement: Cast): Cast {
  return (value, leftover) => {
    if (!isArray(value)) {
      const single = castElement(value, leftover)
      leftover.rest = value
      return single === undefined ? undefined : [single]
    }
    const rests: Json[] = []
    const list = value.map((element, index) => {
      if (element === null) return null
      const cast = castElement(element, leftover)
      if (leftover.rest !== undefined) {
        while (rests.length < index) rests.push(null)
        rests.push(leftover.rest)
      }
      return cast ?? null
    })
    leftover.rest = rests.length > 0 ? rests : undefined
    return list
  }
}

function withIndicators(cast: Cast, indicators: readonly Indicator[]): Cast {
  return (value, leftover) => {
    const held = cast(value, leftover)
    if (typeof held === 'string' && typeof value !== 'boolean') collectIndicators(indicators, held, leftover.indicators)
    return held
  }
}

function withMembers(cast: Cast, collect: CollectMembers): Cast {
  return (value, leftover) => {
    collect(value, leftover.indicators)
    return cast(value, leftover)
  }
}
