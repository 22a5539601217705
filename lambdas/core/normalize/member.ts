import type { LogSchema, Path, ValueType } from '../../../schemas/definition.ts'
import { isObject, type Json, type JsonObject } from '../json/json.ts'

/** The member at a path of an event; null when it is missing. */
export function memberAt(event: JsonObject, path: Path): Json {
  let value: Json = event
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return null
    value = value[name] ?? null
  }
  return value
}

/** The type that a schema declares at a path, if any. */
export function fieldAt(schema: LogSchema, path: Path): ValueType | undefined {
  let fields = schema.fields
  let found: ValueType | undefined
  for (const name of path) {
    found = fields.find((field) => field.name === name)
    fields = found?.type === 'object' ? found.fields : []
  }
  return found
}
