import { hash } from 'node:crypto'
import type { KeyPart, LogSchema, Path } from '../../../schemas/definition.ts'
import { canonicalJson, isObject, isRawNumber, type Json, type JsonObject } from '../json.ts'
import type { EventContext } from './normalizer.ts'
import { compileTime, type TimeParser } from './time.ts'

/** The text of one part of a natural key; `undefined` when the event lacks it. */
type PartText = (event: JsonObject, context: EventContext) => string | undefined

/**
 * The identity of events of one log type: the same event gets the same id, however often and by whichever way it comes.
 * The id is the hex form of the first 16 bytes of a SHA-256 over the log type and the first natural key of the schema
 * whose parts are all there. An event without any is its own key.
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

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

function firstComplete(
  alternatives: readonly (readonly PartText[])[],
  event: JsonObject,
  context: EventContext,
): string[] | undefined {
  for (const [index, parts] of alternatives.entries()) {
    const texts = parts.map((part) => part(event, context)).filter((text) => text !== undefined)
    // With its place in front, so that keys of different form can never be the same text.
    if (texts.length === parts.length) return [String(index), ...texts]
  }
  return undefined
}

function compilePart(schema: LogSchema, part: KeyPart): PartText {
  switch (part.part) {
    case 'source':
      return (_event, context) => context.sourceId
    case 'body':
      return (event, context) => sha256(context.body ?? canonicalJson(event))
    case 'attribute':
      return (_event, context) => context.attributes?.[part.column] || undefined
    case 'hash':
      return (event) => {
        const value = at(event, part.path)
        return value === null ? undefined : sha256(canonicalJson(value))
      }
    case 'day': {
      const parse = timeParserOf(schema, part.path)
      return (event) => {
        const instant = parse(at(event, part.path))
        return instant && new Date(instant.ms).toISOString().slice(0, 10)
      }
    }
    case 'member':
      return (event) => {
        for (const path of part.anyOf) {
          const text = textOf(at(event, path))
          if (text) return text
        }
        return undefined
      }
  }
}

function at(event: JsonObject, path: Path): Json {
  let value: Json = event
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return null
    value = value[name] ?? null
  }
  return value
}

/** Ids come as numbers from one endpoint and as text from another; both are the same id. */
function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null) return undefined
  return isRawNumber(value) ? value.rawJSON : canonicalJson(value)
}

function timeParserOf(schema: LogSchema, path: Path): TimeParser {
  const field = schema.fields.find(({ name }) => name === path[0])
  return compileTime(field?.type === 'timestamp' ? (field.formats ?? []) : [])
}
