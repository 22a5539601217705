import { createIntake } from '../lambdas/core/intake/intake.ts'
import { compileNormalizer } from '../lambdas/core/normalize/normalizer.ts'
import { encodeMessages } from '../lambdas/core/publish/message.ts'
import { type ObjectReading, readObject } from '../lambdas/core/stream/read-object.ts'
import { classificationFailures as failureSchema } from '../schemas/generated/classification_failures.ts'
import { githubAudit as schema } from '../schemas/generated/github_audit.ts'

const writtenAt = 1_780_000_000_000
const facts = { name: 'bench.json.log.gz', version: 'bench', writtenAt, size: 0 }
const receipt = {
  sourceId: 'bench',
  sourceLabel: 'Bench',
  receivedAt: writtenAt,
  object: 's3://bench/bench.json.log.gz',
}
const intake = createIntake({ normalizer: compileNormalizer(schema), failureSchema, origin: 'stream' })

/** Reads an object of the audit-log stream up to the messages of its rows, which are encoded and dropped. */
export function readBenchObject(read: () => AsyncIterable<Uint8Array>): Promise<ObjectReading> {
  const publisher = {
    publish: async (batches: Parameters<typeof encodeMessages>[0][]) => {
      for (const batch of batches) encodeMessages(batch)
    },
  }
  return readObject({ ...facts, read }, receipt, { intake, publisher, isLeftOut: () => false, mayGoOn: () => true })
}
