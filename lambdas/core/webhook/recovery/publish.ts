import type { LogSchema } from '../../../../schemas/definition.ts'
import { compileResolutions } from '../../intake/failure.ts'
import type { Found } from '../../intake/found.ts'
import { createIntake, type Receipt } from '../../intake/intake.ts'
import type { Normalizer } from '../../normalize/normalizer.ts'
import { addCounts, noCounts, type RunCounts } from '../../poll/counts.ts'
import type { Publisher } from '../../publish/publish.ts'
import type { Recovery } from './recovery.ts'

export interface PublishOptions {
  readonly source: Pick<Receipt, 'sourceId' | 'sourceLabel'>
  readonly normalizer: Normalizer
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  /** Takes the recovered events, which are old and may be large. */
  readonly bulkPublisher: Pick<Publisher, 'publish' | 'publishResolutions'>
}

const origin = 'recovery'

/** Publishes what a run recovers and reports, and counts it. */
export function createPublish(
  { source, normalizer, failureSchema, bulkPublisher }: PublishOptions,
  now: () => number,
): Pick<Recovery, 'take' | 'close'> & { counts(): RunCounts } {
  const intake = createIntake({ normalizer, failureSchema, origin })
  const resolution = compileResolutions(failureSchema)
  const { logType } = normalizer.schema
  let counts = noCounts
  return {
    counts: () => counts,
    async take(found: Found) {
      const taken = await intake(found, { ...source, receivedAt: now() }, { publisher: bulkPublisher })
      counts = addCounts(counts, taken.counts)
      return taken.rows.filter((row) => row.p_log_type === failureSchema.logType).map((row) => String(row.p_row_id))
    },
    async close(failures) {
      if (failures.length === 0) return
      const receivedAt = now()
      const rows = failures.map((failure) => resolution(failure, { logType, origin }, { ...source, receivedAt }))
      const { logType: failuresLogType } = failureSchema
      await bulkPublisher.publishResolutions({ logType: failuresLogType, sourceId: source.sourceId, receivedAt, rows })
    },
  }
}
