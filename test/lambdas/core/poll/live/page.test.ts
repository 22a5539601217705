import { expect, test } from 'vitest'
import { RecordError } from '../../../../../lambdas/core/errors.ts'
import { compilePollFailures } from '../../../../../lambdas/core/poll/live/page.ts'
import { classificationFailures } from '../../../../../schemas/generated/classification_failures.ts'

test('what is no event has the same id wherever on a page it stands', () => {
  const failureRow = compilePollFailures(classificationFailures)
  const context = { sourceId: 's', sourceLabel: 'S', receivedAt: 0 }
  const error = new RecordError('not_object', 'no object')
  const rows = [1, 7].map((position) =>
    failureRow({ error, bytes: Buffer.from('5'), position }, { logType: 'Model.Events' }, context),
  )
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]).toMatchObject({ reason: 'not_object', origin: 'poll', log_type: 'Model.Events', raw: '5' })
})
