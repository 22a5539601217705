import type { LogSchema } from '../../../schemas/definition.ts'
import { RecordError } from '../errors.ts'
import { createIntake, type Intake, type IntakeTarget } from '../intake/intake.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import { type Batch, encodeMessages } from '../publish/message.ts'
import type { WebhookStream } from '../webhook/stream.ts'
import type { OpenFailure } from './open-failures.ts'
import { obstacleIn, readFailure } from './read-failure.ts'

/** What a failure has become: rows that close it once they are published, or the reason why it stays open. */
export type Redriven =
  | { readonly batches: readonly Batch[]; readonly events: number }
  | {
      /** Stable for scripts. */
      readonly why: string
    }

export interface FailureReaderOptions {
  readonly schemas: readonly LogSchema[]
  readonly failureSchema: LogSchema
  /** The webhook stream of a log type, if it has one. */
  webhookOf(logType: string): Promise<WebhookStream | undefined>
}

/**
 * Prepares the reading of failures by today's code. A failure that fails again stays open without another row, because
 * the same bytes at the same place have the same `p_row_id`.
 */
export function createFailureReader(options: FailureReaderOptions): (failure: OpenFailure) => Promise<Redriven> {
  const { schemas, failureSchema, webhookOf } = options
  const intakes = new Map<string, Intake>()
  const intakeOf = (logType: string): Intake | undefined => {
    const schema = schemas.find((one) => one.logType === logType)
    const known = intakes.get(logType)
    if (known || !schema) return known
    const intake = createIntake({ normalizer: compileNormalizer(schema), failureSchema, origin: 'recovery' })
    intakes.set(logType, intake)
    return intake
  }
  return async (failure) => {
    const { logType } = failure
    const obstacle = obstacleIn(failure)
    if (obstacle !== undefined) return { why: obstacle }
    const intake = intakeOf(logType)
    if (!intake) return { why: 'unknown_log_type' }
    try {
      return await take(intake, failure, await webhookOf(logType))
    } catch (error) {
      return { why: codeOf(error) }
    }
  }
}

async function take(intake: Intake, failure: OpenFailure, webhook: WebhookStream | undefined): Promise<Redriven> {
  const { id, sourceId, sourceLabel, receivedAt, origin } = failure
  const found = readFailure(failure, webhook)
  // Failures of parts have the origin that they would have had at first.
  const receipt = { sourceId, sourceLabel, receivedAt, object: origin }
  const batches: Batch[] = []
  let failsAgain = false
  const target: IntakeTarget = {
    publisher: {
      async publish(published) {
        // What cannot be encoded is found here, so that it holds up no other failure.
        for (const batch of published) encodeMessages(batch)
        batches.push(...published)
      },
    },
    isNew(row, event) {
      const isSame = !event && row.p_row_id === id
      failsAgain ||= isSame
      return !isSame
    },
  }
  const { counts, failures } = await intake(found, receipt, target)
  if (failsAgain || (counts.new === 0 && failures.length > 0)) return { why: codeOf(failures[0]?.error) }
  return { batches, events: counts.new }
}

const codeOf = (error: unknown): string => (error instanceof RecordError ? error.code : 'internal')
