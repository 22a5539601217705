import { tableSchemas } from '../schemas/generated/index.ts'
import { sourceTypes, streamsOf } from '../settings/source-types.ts'

/** A feed of a source: a stream, or its webhooks. */
export interface Feed {
  /** Id of the stream; absent for webhooks. */
  readonly stream?: string
  /** Set for a stream whose provider writes its events into a bucket. */
  readonly inBucket?: true
  /** The table that takes its events. */
  readonly table: string
}

/** The feeds of a source type; none for a type that this version does not know. */
export function feedsOf(type: string): readonly Feed[] {
  const sourceType = sourceTypes.get(type)
  if (!sourceType) return []
  return streamsOf(sourceType).flatMap(({ id, logType }) =>
    tablesOf(logType).map((table) => ({
      table,
      ...(id !== undefined && { stream: id }),
      ...(sourceType.mode === 'stream' && { inBucket: true as const }),
    })),
  )
}

const tablesOf = (logType: string): string[] =>
  tableSchemas.filter((schema) => schema.logType === logType).map(({ table }) => table)
