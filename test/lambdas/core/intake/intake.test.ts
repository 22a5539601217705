import { expect, test } from 'vitest'
import { RecordError, TransientError } from '../../../../lambdas/core/errors.ts'
import { createIntake, type IntakeTarget } from '../../../../lambdas/core/intake/intake.ts'
import type { Row } from '../../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import type { Batch } from '../../../../lambdas/core/publish/message.ts'
import { classificationFailures as failureSchema } from '../../../../schemas/generated/classification_failures.ts'
import { everyType } from '../../../support/every-type.ts'

const receipt = { sourceId: 's', sourceLabel: 'S', receivedAt: 0 }
const found = {
  events: [{ event: { text: 'a' } }, { event: { text: 'b' } }],
  failures: [{ error: new RecordError('not_json', 'not JSON'), bytes: Buffer.from('{') }],
}

/** An intake, what it has published, and how often each row was asked about. */
function intake(target: Partial<IntakeTarget> = {}) {
  const published: Row[] = []
  const asked: unknown[] = []
  const take = createIntake({ normalizer: compileNormalizer(everyType), failureSchema, origin: 'poll' })
  const publish = async (batches: readonly Batch[]) => void published.push(...batches.flatMap(({ rows }) => rows))
  const isNew: IntakeTarget['isNew'] = (row, event) => {
    asked.push(row.p_row_id)
    return target.isNew?.(row, event) ?? true
  }
  return { published, asked, taken: take(found, receipt, { publisher: { publish }, ...target, isNew }) }
}

test('events and failures are published, counted and asked about once', async () => {
  const { published, asked, taken } = intake()
  const { counts, rows } = await taken
  expect(counts).toEqual({ fetched: 3, new: 2, duplicate: 0, failed: 1 })
  expect(rows).toEqual(published)
  expect([asked.length, new Set(asked).size]).toEqual([3, 3])
})

test('a known row is a duplicate, whether of an event or of a failure', async () => {
  const { counts } = await intake({ isNew: (row) => row.text === 'a' }).taken
  expect(counts).toEqual({ fetched: 3, new: 1, duplicate: 2, failed: 0 })
})

test('an error while rows are compared ends the intake: it says nothing about the event', async () => {
  const broken = new RangeError('not Parquet')
  const { published, taken } = intake({
    isNew: () => {
      throw broken
    },
  })
  await expect(taken).rejects.toBe(broken)
  expect(published).toEqual([])
})

test('when our own code fails on a row while publishing, the bytes of every new event are kept', async () => {
  const attempts: (readonly Batch[])[] = []
  const publish = async (batches: readonly Batch[]) => {
    attempts.push(batches)
    if (attempts.length === 1) throw new TypeError('cannot serialize')
  }
  const { counts, rows, failures } = await intake({ publisher: { publish } }).taken
  expect(counts).toEqual({ fetched: 3, new: 0, duplicate: 0, failed: 3 })
  expect(rows).toMatchObject([{ raw: '{' }, { raw: '{"text":"a"}' }, { raw: '{"text":"b"}' }])
  expect(failures).toHaveLength(3)
})

test('a store that is down ends the intake', async () => {
  const publish = () => Promise.reject(new TransientError('down'))
  await expect(intake({ publisher: { publish } }).taken).rejects.toThrow('down')
})
