import type { Field, LogSchema, ValueType } from '../../../schemas/definition.ts'
import { canonicalJson, isArray, isObject, isRawNumber, type Json, type JsonObject, numberText } from '../json/json.ts'
import { setMember } from '../json/set-member.ts'
import type { Row } from './event.ts'
import { valueOfJsonColumn } from './json-column.ts'
import { compileTime } from './time.ts'
import { readUnmapped } from './unmapped.ts'

/**
 * Rebuilds the event that a row was made from: the columns under the provider's names, overlaid with `p_unmapped`.
 * Timestamps come back in ISO 8601, whatever their original form.
 */
export function renderEvent(schema: LogSchema, row: Row): JsonObject {
  const columns = renderStruct(schema.fields, row)
  const unmapped = typeof row.p_unmapped === 'string' ? readUnmapped(row.p_unmapped) : null
  const event = overlay({ type: 'object', fields: schema.fields }, columns, unmapped)
  return isObject(event) ? event : {}
}

/**
 * Whether an event and a rendered one are equal: a null member counts as absent, timestamps compare as instants,
 * numbers by exact decimal value, a number under a text column equals its text, and the order of members is ignored.
 */
export function sameEvent(schema: LogSchema, event: JsonObject, rendered: JsonObject): boolean {
  const type: ValueType = { type: 'object', fields: schema.fields }
  return canonicalJson(comparable(type, event)) === canonicalJson(comparable(type, rendered))
}

function renderStruct(fields: readonly Field[], struct: JsonObject): JsonObject {
  const event: Record<string, Json> = {}
  for (const field of fields) {
    const value = struct[field.column]
    if (value !== undefined && value !== null) setMember(event, field.name, renderValue(field, value))
  }
  return event
}

function renderValue(type: ValueType, value: Json): Json {
  if (value === null) return null
  if (type.type === 'object') return isObject(value) ? renderStruct(type.fields, value) : value
  if (type.type === 'array') return isArray(value) ? value.map((element) => renderValue(type.element, element)) : value
  return type.type === 'json' && typeof value === 'string' ? valueOfJsonColumn(value) : value
}

/** Objects and lists that have columns merge; any other value from `p_unmapped` replaces the column's. */
function overlay(type: ValueType | undefined, held: Json, kept: Json): Json {
  if (kept === null) return held
  if (type?.type === 'array' && isArray(held) && isArray(kept)) {
    return Array.from({ length: Math.max(held.length, kept.length) }, (_, i) =>
      overlay(type.element, held[i] ?? null, kept[i] ?? null),
    )
  }
  if (type?.type !== 'object' || !isObject(held) || !isObject(kept)) return kept
  const merged: Record<string, Json> = {}
  for (const name of new Set([...Object.keys(held), ...Object.keys(kept)])) {
    const [a, b] = [held, kept].map((object) => (Object.hasOwn(object, name) ? (object[name] ?? null) : null))
    const field = type.fields.find((candidate) => candidate.name === name)
    setMember(merged, name, overlay(field, a ?? null, b ?? null))
  }
  return merged
}

function comparable(type: ValueType, value: Json): Json {
  if (type.type === 'timestamp') {
    const instant = compileTime(type.formats ?? [])(value)
    return instant?.exact ? instant.ms : value
  }
  if (type.type === 'string' && (typeof value === 'number' || isRawNumber(value))) return numberText(value)
  if (type.type === 'array' && isArray(value)) return value.map((element) => comparable(type.element, element))
  if (type.type !== 'object' || !isObject(value)) return value
  const result: Record<string, Json> = {}
  for (const name of Object.keys(value)) {
    const field = type.fields.find((candidate) => candidate.name === name)
    const member = value[name] ?? null
    setMember(result, name, field ? comparable(field, member) : member)
  }
  return result
}
