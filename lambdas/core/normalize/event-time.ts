import type { LogSchema } from '../../../schemas/definition.ts'
import type { JsonObject } from '../json/json.ts'
import { fieldAt, memberAt } from './member.ts'
import { compileTime } from './time.ts'

/**
 * Reads an event's time by its schema's `eventTime`, in milliseconds since 1970; `undefined` when no member holds one.
 * The row has the same time as `p_event_time`.
 */
export function compileEventTime(schema: LogSchema): (event: JsonObject) => number | undefined {
  const members = schema.eventTime.map((path) => {
    const field = fieldAt(schema, path)
    return { path, parse: compileTime(field?.type === 'timestamp' ? (field.formats ?? []) : []) }
  })
  return (event) => {
    for (const { path, parse } of members) {
      const instant = parse(memberAt(event, path))
      if (instant) return instant.ms
    }
    return undefined
  }
}
