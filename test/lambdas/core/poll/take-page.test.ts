import { expect, test } from 'vitest'
import { RecordError } from '../../../../lambdas/core/errors.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { knownBy, Seen } from '../../../../lambdas/core/poll/live/seen.ts'
import { createPageTaker } from '../../../../lambdas/core/poll/take-page.ts'
import type { Batch } from '../../../../lambdas/core/publish/message.ts'
import { classificationFailures } from '../../../../schemas/generated/classification_failures.ts'
import { everyType } from '../../../support/every-type.ts'

test('a part that is not an event is the same failure anywhere on a page', async () => {
  const published: Batch[] = []
  const take = createPageTaker({
    stream: { timeOf: () => undefined, isSignOfLife: () => true },
    source: { sourceId: 's', sourceLabel: 'S' },
    normalizer: compileNormalizer(everyType),
    failureSchema: classificationFailures,
  })
  const error = new RecordError('not_object', 'no object')
  const context = {
    known: knownBy(new Seen(), 0),
    receivedAt: 0,
    publisher: { publish: async (batches: readonly Batch[]) => void published.push(...batches) },
  }
  for (const position of [1, 7]) {
    await take({ events: [], failures: [{ error, bytes: Buffer.from('5'), position }] }, context)
  }
  expect(published.flatMap(({ rows }) => rows)).toMatchObject([
    { reason: 'not_object', origin: 'poll', log_type: 'Test.EveryType', raw: '5' },
  ])
})
