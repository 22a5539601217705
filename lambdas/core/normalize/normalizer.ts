import type { LogSchema } from '../../../schemas/definition.ts'
import { tableColumns } from '../../../schemas/table-columns.ts'
import type { JsonObject } from '../json/json.ts'
import { compileMembers } from './cast.ts'
import type { EventContext, Row } from './event.ts'
import type { Leftover } from './leftover.ts'
import { compileRowId } from './row-id.ts'
import { type RowTarget, type Slot, StructTarget } from './row-value.ts'
import { unmappedText } from './unmapped.ts'

export interface Normalizer {
  readonly schema: LogSchema
  /**
   * Turns an event into its row. Never throws: values that no column holds exactly are kept in `p_unmapped`, so that
   * rendering the row gives the event back.
   */
  normalize(event: JsonObject, context: EventContext): Row
  /** As `normalize`, but sets the values in a target, which saves the object where rows are kept by column. */
  normalizeInto(target: RowTarget, event: JsonObject, context: EventContext): void
}

/** Compiles a schema once; the normalizer then runs for every event. */
export function compileNormalizer(schema: LogSchema): Normalizer {
  const slots = new Map(tableColumns(schema).map(({ column }, index) => [column, { column, index }]))
  const slot = (column: string): Slot => {
    const found = slots.get(column)
    if (!found) throw new TypeError(`${schema.table} has no column ${column}`)
    return found
  }
  const standard = {
    eventTime: slot('p_event_time'),
    parseTime: slot('p_parse_time'),
    timeSource: slot('p_time_source'),
    logType: slot('p_log_type'),
    rowId: slot('p_row_id'),
    sourceId: slot('p_source_id'),
    sourceLabel: slot('p_source_label'),
    schemaVersion: slot('p_schema_version'),
    unmapped: slot('p_unmapped'),
  }
  const attributes = schema.attributes.map(({ column }) => slot(column))
  const castMembers = compileMembers(
    schema.fields,
    slots.size - schema.fields.length,
    schema.eventTime.map((path, rank) => ({ path, rank })),
  )
  const rowId = compileRowId(schema)

  // Shared by all events, because creating one for each would be a good part of the work. So calls must not be nested.
  const leftover: Leftover = { rest: undefined, indicators: new Map(), eventTimes: [] }

  const normalizeInto = (row: RowTarget, event: JsonObject, context: EventContext): void => {
    row.setTime(standard.eventTime, context.receivedAt)
    row.setTime(standard.parseTime, context.receivedAt)
    row.set(standard.timeSource, 'received')
    row.set(standard.logType, schema.logType)
    row.set(standard.rowId, rowId(event, context))
    row.set(standard.sourceId, context.sourceId)
    row.set(standard.sourceLabel, context.sourceLabel)
    row.set(standard.schemaVersion, schema.version)
    for (const attribute of attributes) {
      const value = context.attributes?.[attribute.column]
      if (value) row.set(attribute, value.toWellFormed())
    }
    leftover.rest = undefined
    leftover.indicators.clear()
    leftover.eventTimes.length = 0
    castMembers(event, row, leftover)
    const eventTime = leftover.eventTimes.find((time) => time !== undefined)
    if (eventTime !== undefined) {
      row.setTime(standard.eventTime, eventTime)
      row.set(standard.timeSource, 'event')
    }
    for (const [column, { all }] of leftover.indicators) row.set(slot(column), all.length > 1 ? all.sort() : all)
    if (leftover.rest !== undefined) row.set(standard.unmapped, unmappedText(leftover.rest))
  }
  const normalize = (event: JsonObject, context: EventContext): Row => {
    // Without a prototype an object is a dictionary from the start, which fills in half the time.
    const target = new StructTarget(Object.create(null))
    normalizeInto(target, event, context)
    return target.struct
  }
  return { schema, normalize, normalizeInto }
}
