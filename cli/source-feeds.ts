import { tableSchemas } from '../schemas/generated/index.ts'
import { sourceTypes } from '../settings/source-types.ts'

/** What a source brings: a stream that is fetched, or what is sent to us. */
export interface Feed {
  /** Id of the stream; absent for a source that sends. */
  readonly stream?: string
  /** The table that takes its events. */
  readonly table: string
}

/** What sources of a type bring. None for a type that this version does not know. */
export function feedsOf(type: string): readonly Feed[] {
  const sourceType = sourceTypes.get(type)
  if (!sourceType) return []
  return sourceType.mode === 'webhook'
    ? tablesOf(sourceType.logType).map((table) => ({ table }))
    : sourceType.streams.flatMap(({ id, logType }) => tablesOf(logType).map((table) => ({ stream: id, table })))
}

const tablesOf = (logType: string): string[] =>
  tableSchemas.filter((schema) => schema.logType === logType).map(({ table }) => table)
