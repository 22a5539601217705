import type { Field, Indicator, Path, TimeFormat, ValueType } from '../../../schemas/definition.ts'
import {
  isArray,
  isObject,
  isRawNumber,
  type Json,
  type JsonObject,
  numberText,
  parseDecimal,
  type RawNumber,
  rawNumber,
} from '../json/json.ts'
import { collectIndicators, type IndicatorValues } from './indicators.ts'
import { compileTime, isoText } from './time.ts'

/** The value of a column. Timestamps are ISO 8601 in UTC with milliseconds; integers beyond 2^53 keep their digits. */
export type RowValue = boolean | number | string | RawNumber | readonly (RowValue | null)[] | RowStruct
export interface RowStruct {
  readonly [column: string]: RowValue
}

/** Takes the values of a row or a struct one by one. Setting a column again replaces its value. */
export interface RowTarget {
  set(slot: Slot, value: RowValue): void
  /** @param ms milliseconds since 1970 */
  setTime(slot: Slot, ms: number): void
}

/** A column of a row or struct: its name and its index there. */
export interface Slot {
  readonly column: string
  readonly index: number
}

/** Fills a plain object. */
export class StructTarget implements RowTarget {
  readonly struct: Record<string, RowValue> = {}

  set({ column }: Slot, value: RowValue): void {
    this.struct[column] = value
  }

  setTime({ column }: Slot, ms: number): void {
    this.struct[column] = isoText(ms)
  }
}

export const isRowStruct = (value: RowValue): value is RowStruct =>
  typeof value === 'object' && !Array.isArray(value) && !isRawNumber(value)

/**
 * The results of a cast besides its value. One object serves a whole event, so that casting a value allocates nothing.
 */
export interface Leftover {
  /** The part of the last value that its column does not hold exactly; `undefined` when nothing is left over. */
  rest: Json | undefined
  readonly indicators: IndicatorValues
  /** The candidates for the event's time, in the schema's order, in milliseconds since 1970. */
  readonly eventTimes: (number | undefined)[]
}

/** Casts a value that is not null; `undefined` when the column stays null. Sets `leftover.rest` every time. */
export type Cast = (value: Json, leftover: Leftover) => RowValue | undefined

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
      if (type.memberIndicators) return withMemberIndicators(cast, Object.entries(type.memberIndicators))
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

/** A plain assignment to `__proto__` would set the prototype and lose the member. */
export function setMember(object: Record<string, Json>, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  } else object[name] = value
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

function withMemberIndicators(cast: Cast, members: readonly (readonly [string, readonly Indicator[]])[]): Cast {
  return (value, leftover) => {
    if (isObject(value)) {
      for (const [name, indicators] of members) {
        const { [name]: member = null } = value
        for (const text of isArray(member) ? member : [member]) {
          if (typeof text === 'string') collectIndicators(indicators, text, leftover.indicators)
        }
      }
    }
    return cast(value, leftover)
  }
}

/** The column holds the value exactly. */
function keep<T extends RowValue>(held: T, leftover: Leftover): T {
  leftover.rest = undefined
  return held
}

/** The column holds a near value or nothing, and the original is left over. */
function keepBoth<T extends RowValue>(held: T | undefined, original: Json, leftover: Leftover): T | undefined {
  leftover.rest = original
  return held
}

const keepAll = (original: Json, leftover: Leftover): undefined => {
  leftover.rest = original
}

const castString: Cast = (value, leftover) => {
  // A lone surrogate has no UTF-8 form; JSON text can hold it as an escape.
  if (typeof value === 'string') {
    return value.isWellFormed() ? keep(value, leftover) : keepBoth(value.toWellFormed(), value, leftover)
  }
  if (typeof value === 'boolean') return keepBoth(String(value), value, leftover)
  const isNumber = typeof value === 'number' || isRawNumber(value)
  return isNumber ? keepBoth(numberText(value), value, leftover) : keepAll(value, leftover)
}

const castJson: Cast = (value, leftover) => keep(JSON.stringify(value), leftover)

const castBoolean: Cast = (value, leftover) => {
  if (typeof value === 'boolean') return keep(value, leftover)
  if (value === 'true' || value === 1) return keepBoth(true, value, leftover)
  return value === 'false' || value === 0 ? keepBoth(false, value, leftover) : keepAll(value, leftover)
}

const castFloat: Cast = (value, leftover) => {
  if (typeof value === 'number') return keep(value, leftover)
  const text = isRawNumber(value) ? value.rawJSON : value
  if (typeof text !== 'string' || !parseDecimal(text)) return keepAll(value, leftover)
  const number = Number(text)
  return keepBoth(Number.isFinite(number) ? number : undefined, value, leftover)
}

function castInteger(bits: 16 | 32 | 64): Cast {
  const limit = 2n ** BigInt(bits - 1)
  const safeLimit = Math.min(Number(limit), Number.MAX_SAFE_INTEGER)
  const fits = (integer: bigint) => integer >= -limit && integer < limit
  return (value, leftover) => {
    // The fast path for nearly all values; the code below is exact for the rest.
    if (Number.isInteger(value) && Number(value) < safeLimit && Number(value) > -safeLimit) {
      return keep(Number(value) + 0, leftover)
    }
    const integer = integerOf(value)
    if (integer === undefined || !fits(integer)) return keepAll(value, leftover)
    const held = Number.isSafeInteger(Number(integer)) ? Number(integer) : rawNumber(String(integer))
    return typeof value === 'string' ? keepBoth(held, value, leftover) : keep(held, leftover)
  }
}

/**
 * A whole number of about 64 bits in any notation, such as `12`, `"12"`, `12.0` or `1.2e1`. A double beyond 2^53 stands
 * for its shortest text, not for its exact binary value.
 */
function integerOf(value: Json): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  const text = typeof value === 'number' ? String(value) : isRawNumber(value) ? value.rawJSON : value
  const decimal = typeof text === 'string' ? parseDecimal(text) : undefined
  if (!decimal || decimal.exponent < 0n || decimal.exponent > 19n) return undefined
  const magnitude = BigInt(decimal.digits || '0') * 10n ** decimal.exponent
  return decimal.negative ? -magnitude : magnitude
}

const scalarCasts: Readonly<Record<Exclude<ValueType['type'], 'object' | 'array' | 'timestamp'>, Cast>> = {
  string: castString,
  json: castJson,
  boolean: castBoolean,
  float: castFloat,
  smallint: castInteger(16),
  int: castInteger(32),
  bigint: castInteger(64),
}
