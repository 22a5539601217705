import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { retrySeconds } from '../../../lambdas/core/lake/retries.ts'
import { environmentOf, ofType, queueIds, synthesize, text, twoSources } from '../../support/synthesized.ts'

const { resources } = synthesize()
const { records, recordsBulk, deadLetters } = queueIds(resources)

describe('queues', () => {
  const queues = ofType(resources, 'AWS::SQS::Queue')

  test('every queue has a dead-letter queue or is one', () => {
    const redrive = z.object({
      RedrivePolicy: z.object({
        deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
        maxReceiveCount: z.union([z.literal(5), z.literal(8)]),
      }),
    })
    const targets = queues.flatMap(([, { Properties }]) => redrive.safeParse(Properties).data ?? [])
    const isTarget = (id: string) => {
      return targets.some(({ RedrivePolicy }) => RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0] === id)
    }
    for (const [id, { Properties }] of queues) expect(isTarget(id) || redrive.safeParse(Properties).success).toBe(true)
    expect(isTarget(deadLetters)).toBe(true)
  })

  test('failed writes are repeated for more than half an hour before a message is a dead letter', () => {
    for (const queue of [records, recordsBulk]) {
      const { maxReceiveCount } = z
        .object({ RedrivePolicy: z.object({ maxReceiveCount: z.number() }) })
        .parse(resources.get(queue)?.Properties).RedrivePolicy
      const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => retrySeconds[index] ?? retrySeconds[2])
      expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(1_800)
    }
  })

  test('every queue keeps messages as long as SQS allows, encrypted, and outlives the stack', () => {
    for (const [, queue] of queues) {
      expect(queue).toMatchObject({
        Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      })
    }
  })

  test('the queues of live and bulk events have equal settings', () => {
    expect(resources.get(recordsBulk)?.Properties).toEqual(resources.get(records)?.Properties)
  })
})

describe('consumers of queues', () => {
  const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)
  const mappingOf = (queue: string) =>
    mappings.filter(({ EventSourceArn }) => text(EventSourceArn) === `<${queue}.Arn>`)
  const taker = z.object({ FunctionName: z.object({ Ref: z.string() }) })

  test('every queue has one reader: the writer of two, the archive of the dead letters', () => {
    const readers = [records, recordsBulk, deadLetters].map((queue) =>
      mappingOf(queue).map((mapping) => {
        const { Ref } = taker.parse(mapping).FunctionName
        return environmentOf(resources.get(Ref)?.Properties ?? {}).POWERTOOLS_SERVICE_NAME
      }),
    )
    expect(readers).toEqual([['writer'], ['writer'], ['dead-letters']])
    expect(mappings).toHaveLength(3)
  })

  test('every mapping runs at most two functions at once, and every function reports failed messages', () => {
    for (const mapping of mappings) {
      expect(mapping).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      })
    }
  })

  test('of ten functions, all mappings together leave three to webhooks and the janitor', () => {
    const limits = z
      .object({ ScalingConfig: z.object({ MaximumConcurrency: z.number() }) })
      .array()
      .parse(mappings)
    const together = limits.reduce((sum, { ScalingConfig }) => sum + ScalingConfig.MaximumConcurrency, 0)
    expect(together).toBeLessThanOrEqual(6)
  })

  test('a message stays hidden for six times the timeout of its function, plus the window', () => {
    for (const queue of [records, recordsBulk, deadLetters]) {
      const mapping = mappingOf(queue)[0]
      const { Ref } = taker.parse(mapping).FunctionName
      const window = z.object({ MaximumBatchingWindowInSeconds: z.number().default(0) }).parse(mapping)
      const { Timeout } = z.object({ Timeout: z.number() }).parse(resources.get(Ref)?.Properties)
      const { VisibilityTimeout } = z.object({ VisibilityTimeout: z.number() }).parse(resources.get(queue)?.Properties)
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout + window.MaximumBatchingWindowInSeconds)
    }
  })

  test('the writer takes large batches, of messages in bulk what it can write, the archive takes dead letters at once', () => {
    const batch = (size: number, seconds: number) => [{ BatchSize: size, MaximumBatchingWindowInSeconds: seconds }]
    expect(mappingOf(records)).toMatchObject(batch(1_000, 20))
    expect(mappingOf(recordsBulk)).toMatchObject(batch(25, 20))
    expect(mappingOf(deadLetters)).toMatchObject(batch(10, 0))
  })

  test('without a window no batch is larger than SQS allows', () => {
    const immediate = synthesize({ ...twoSources, delivery: { windowSeconds: 0 } })
    for (const [, { Properties }] of ofType(immediate.resources, 'AWS::Lambda::EventSourceMapping')) {
      expect(Properties).toMatchObject({ BatchSize: 10, MaximumBatchingWindowInSeconds: 0 })
    }
  })
})

describe('with a window of a minute', () => {
  const drained = synthesize({ ...twoSources, delivery: { windowSeconds: 60 } }).resources
  const [[writerId = '', writer] = []] = ofType(drained, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => environmentOf(Properties).POWERTOOLS_SERVICE_NAME === 'writer',
  )

  test('the writer empties both queues once a minute, and Lambda delivers dead letters alone', () => {
    const sources = ofType(drained, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      text(Properties.EventSourceArn),
    )
    expect(sources).toEqual([`<${deadLetters}.Arn>`])
    const schedules = ofType(drained, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => ({
      expression: Properties.ScheduleExpression,
      target: text(z.object({ Arn: z.unknown() }).parse(Properties.Target).Arn),
    }))
    expect(schedules).toContainEqual({ expression: 'rate(1 minute)', target: `<${writerId}.Arn>` })
  })

  test('two writers work at once as a rule, and none works on a message that comes again', () => {
    const { Timeout } = z.object({ Timeout: z.number() }).parse(writer?.Properties)
    expect(Timeout).toBeLessThan(120)
    for (const queue of [records, recordsBulk]) {
      const { VisibilityTimeout } = z.object({ VisibilityTimeout: z.number() }).parse(drained.get(queue)?.Properties)
      expect(VisibilityTimeout).toBeGreaterThan(Timeout)
    }
  })
})
