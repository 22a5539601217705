import type { LogSchema } from '../../../schemas/definition.ts'
import type { JsonObject } from '../json/json.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import type { Publisher } from '../publish/publish.ts'
import type { RunRow } from './run-row.ts'

export interface RecorderOptions {
  readonly source: { readonly id: string; readonly label: string }
  /** Schema of the table `collection_runs`. */
  readonly runsSchema: LogSchema
  readonly publisher: Pick<Publisher, 'publish'>
  /** @default Date.now */
  readonly now?: () => number
}

/** Makes rows of `collection_runs` durable. */
export function createRecorder({ source, runsSchema, publisher, now = Date.now }: RecorderOptions) {
  const { normalize } = compileNormalizer(runsSchema)
  return async (rows: readonly RunRow[]): Promise<void> => {
    const receivedAt = now()
    const context = { sourceId: source.id, sourceLabel: source.label, receivedAt }
    const events = rows.map((row): JsonObject => ({ ...row }))
    await publisher.publish([
      {
        logType: runsSchema.logType,
        sourceId: source.id,
        receivedAt,
        rows: events.map((event) => normalize(event, context)),
      },
    ])
  }
}
