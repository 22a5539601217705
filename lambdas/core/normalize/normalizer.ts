import type { LogSchema, Path } from '../../../schemas/definition.ts'
import type { JsonObject } from '../json.ts'
import {
  compileMembers,
  isRowStruct,
  type Leftover,
  type MutableStruct,
  type RowStruct,
  type RowValue,
} from './cast.ts'
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
}

/** Compiles a schema once; the normalizer then runs for every event. */
export function compileNormalizer(schema: LogSchema): Normalizer {
  const castMembers = compileMembers(schema.fields)
  const rowId = compileRowId(schema)
  const eventTimes = schema.eventTime.map((path) => columnsOf(schema, path))

  const normalize = (event: JsonObject, context: EventContext): Row => {
    const received = new Date(context.receivedAt).toISOString()
    const row: MutableStruct = {
      p_event_time: received,
      p_parse_time: received,
      p_time_source: 'received',
      p_log_type: schema.logType,
      p_row_id: rowId(event, context),
      p_source_id: context.sourceId,
      p_source_label: context.sourceLabel,
      p_schema_version: schema.version,
    }
    for (const { column } of schema.attributes) {
      const value = context.attributes?.[column]
      if (value) row[column] = value.toWellFormed()
    }
    const leftover: Leftover = { rest: undefined, indicators: new Map() }
    castMembers(event, row, leftover)
    const eventTime = firstText(row, eventTimes)
    if (eventTime !== undefined) {
      row.p_event_time = eventTime
      row.p_time_source = 'event'
    }
    for (const [column, values] of leftover.indicators) row[column] = [...values].sort()
    if (leftover.rest !== undefined) row.p_unmapped = JSON.stringify(leftover.rest)
    return row
  }
  return { schema, normalize }
}

function columnsOf(schema: LogSchema, path: Path): readonly string[] {
  let fields = schema.fields
  return path.map((name) => {
    const field = fields.find((candidate) => candidate.name === name)
    if (!field) throw new TypeError(`${schema.logType}: event time ${path.join('.')} is not a field`)
    fields = field.type === 'object' ? field.fields : []
    return field.column
  })
}

function firstText(fields: RowStruct, paths: readonly (readonly string[])[]): string | undefined {
  for (const path of paths) {
    let value: RowValue | undefined = fields
    for (const column of path) value = value !== undefined && isRowStruct(value) ? value[column] : undefined
    if (typeof value === 'string') return value
  }
  return undefined
}
