import { hash } from 'node:crypto'
import type { KeyPart, LogSchema, ValueType } from '../../../schemas/definition.ts'
import { canonicalJson, isRawNumber, type Json, type JsonObject, numberText } from '../json/json.ts'
import type { EventContext } from './event.ts'
import { fieldAt, memberAt } from './member.ts'
import { compileTime } from './time.ts'

/** The text of one part of a natural key; `undefined` when the event lacks it. */
type PartText = (event: JsonObject, context: EventContext) => string | undefined

/**
 * Computes row ids for one log type: an event has the same id on every delivery and by every route. The id is the first
 * 16 bytes, in hex, of a SHA-256 over the log type and the first of the schema's natural keys that the event has in
 * full. An event without one is its own key.
 */
export function compileRowId(schema: LogSchema): (event: JsonObject, context: EventContext) => string {
  const alternatives = schema.key.map((parts) => parts.map((part) => compilePart(schema, part)))
  const perSource = schema.key.length > 0 && schema.key.every((parts) => parts.some(({ part }) => part === 'source'))
  return (event, context) => {
    const key = firstComplete(alternatives, event, context) ?? [
      ...(perSource ? [context.sourceId] : []),
      sha256(canonicalJson(event)),
    ]
    return sha256(JSON.stringify([schema.logType, ...key])).slice(0, 32)
  }
}

const sha256 = (data: string): string => hash('sha256', data, 'hex')

function firstComplete(
  alternatives: readonly (readonly PartText[])[],
  event: JsonObject,
  context: EventContext,
): string[] | undefined {
  for (const [index, parts] of alternatives.entries()) {
    // Prefixed with its index, so that keys of different forms never have the same text.
    const key = [String(index)]
    for (const part of parts) {
      const text = part(event, context)
      if (text === undefined) break
      key.push(text)
    }
    if (key.length > parts.length) return key
  }
  return undefined
}

function compilePart(schema: LogSchema, part: KeyPart): PartText {
  switch (part.part) {
    case 'source':
      return (_event, context) => context.sourceId
    case 'canonical':
      return (event) => sha256(canonicalJson(event))
    case 'attribute':
      return (_event, context) => context.attributes?.[part.column] || undefined
    case 'hash':
      return (event) => {
        const value = memberAt(event, part.path)
        return value === null ? undefined : sha256(canonicalJson(value))
      }
    case 'day': {
      const field = fieldAt(schema, part.path)
      const parse = compileTime(field?.type === 'timestamp' ? (field.formats ?? []) : [])
      return (event) => {
        const instant = parse(memberAt(event, part.path))
        return instant && new Date(instant.ms).toISOString().slice(0, 10)
      }
    }
    case 'member': {
      const members = part.anyOf.map((path) => ({ path, text: textOf(fieldAt(schema, path)) }))
      return (event) => {
        for (const { path, text } of members) {
          const found = text(memberAt(event, path))
          if (found) return found
        }
        return part.optional ? '' : undefined
      }
    }
  }
}

/**
 * Brings ids and times into one form, because endpoints differ: ids come as numbers or text, times in several formats.
 * Blank text, and values that are neither text nor numbers, identify nothing.
 */
function textOf(field: ValueType | undefined): (value: Json) => string | undefined {
  const parseTime = field?.type === 'timestamp' ? compileTime(field.formats ?? []) : undefined
  return (value) => {
    const instant = parseTime?.(value)
    if (instant) return new Date(instant.ms).toISOString()
    if (typeof value === 'string') return value.trim() === '' ? undefined : value
    return typeof value === 'number' || isRawNumber(value) ? numberText(value) : undefined
  }
}

/** The schema with natural keys that leave out the day, so that all versions of an event have one id. */
export const withoutDays = (schema: LogSchema): LogSchema => ({
  ...schema,
  key: schema.key.map((parts) => parts.filter(({ part }) => part !== 'day')),
})
