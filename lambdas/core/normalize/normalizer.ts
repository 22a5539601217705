import type { LogSchema } from '../../../schemas/definition.ts'
import type { JsonObject } from '../json.ts'
import { compileMembers, type Leftover, type RowStruct, type RowTarget, StructTarget } from './cast.ts'
import { compileRowId } from './row-id.ts'

/** What is known of an event besides the event. */
export interface EventContext {
  readonly sourceId: string
  readonly sourceLabel: string
  /** When the event first reached us, in milliseconds since 1970. It never changes on the event's way. */
  readonly receivedAt: number
  /** Values of the schema's attribute columns, for example from HTTP headers. */
  readonly attributes?: Readonly<Record<string, string | undefined>>
  /** The bytes as they arrived, for log types whose identity may rest on them. */
  readonly body?: Uint8Array
}

/** One row of a table: column -> value; a column that is null is left out. */
export type Row = RowStruct

export interface Normalizer {
  readonly schema: LogSchema
  /**
   * Turns an event into its row. Never throws, whatever the event holds: what no column holds exactly is kept in
   * `p_unmapped`, so that rendering the row gives the event back.
   */
  normalize(event: JsonObject, context: EventContext): Row
  /** The same, value by value into a target of the caller's; saves the object where rows are kept by column. */
  normalizeInto(target: RowTarget, event: JsonObject, context: EventContext): void
}

/** Compiles a schema once; the normalizer then runs for every event. */
export function compileNormalizer(schema: LogSchema): Normalizer {
  const castMembers = compileMembers(
    schema.fields,
    schema.eventTime.map((path, rank) => ({ path, rank })),
  )
  const rowId = compileRowId(schema)

  const normalizeInto = (row: RowTarget, event: JsonObject, context: EventContext): void => {
    row.setTime('p_event_time', context.receivedAt)
    row.setTime('p_parse_time', context.receivedAt)
    row.set('p_time_source', 'received')
    row.set('p_log_type', schema.logType)
    row.set('p_row_id', rowId(event, context))
    row.set('p_source_id', context.sourceId)
    row.set('p_source_label', context.sourceLabel)
    row.set('p_schema_version', schema.version)
    for (const { column } of schema.attributes) {
      const value = context.attributes?.[column]
      if (value) row.set(column, value.toWellFormed())
    }
    const leftover: Leftover = { rest: undefined, indicators: new Map(), eventTimes: [] }
    castMembers(event, row, leftover)
    const eventTime = leftover.eventTimes.find((time) => time !== undefined)
    if (eventTime !== undefined) {
      row.setTime('p_event_time', eventTime)
      row.set('p_time_source', 'event')
    }
    for (const [column, values] of leftover.indicators) row.set(column, values.length > 1 ? values.sort() : values)
    if (leftover.rest !== undefined) row.set('p_unmapped', JSON.stringify(leftover.rest))
  }
  const normalize = (event: JsonObject, context: EventContext): Row => {
    const target = new StructTarget()
    normalizeInto(target, event, context)
    return target.struct
  }
  return { schema, normalize, normalizeInto }
}
