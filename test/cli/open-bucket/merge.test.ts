import type { Event, FilterRuleName, NotificationConfiguration } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeNotifications } from '../../../cli/open-bucket/notifications.ts'
import { mergePolicy } from '../../../cli/open-bucket/policy.ts'

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:created'
const ours = { Id: 'AuditLake', QueueArn: queueArn, Events: ['s3:ObjectCreated:*' as const] }
const role = 'arn:aws:iam::000000000000:role/reader'
const bucketArn = 'arn:aws:s3:::logs'

describe('notifications', () => {
  const id = fc.string({ minLength: 1 }).filter((text) => text !== 'AuditLake')
  const event: fc.Arbitrary<Event> = fc.constantFrom('s3:ObjectRemoved:*', 's3:ObjectTagging:Put')
  const Events = fc.array(event)
  const name: fc.Arbitrary<FilterRuleName> = fc.constantFrom('prefix', 'suffix')
  const FilterRules = fc.array(fc.record({ Name: name, Value: fc.string() }))
  const Filter = fc.record({ Key: fc.record({ FilterRules }) })
  const others: fc.Arbitrary<NotificationConfiguration> = fc.record(
    {
      QueueConfigurations: fc.array(fc.record({ Id: id, QueueArn: fc.constant('arn:q'), Events, Filter })),
      TopicConfigurations: fc.array(fc.record({ Id: id, TopicArn: fc.constant('arn:t'), Events })),
      LambdaFunctionConfigurations: fc.array(fc.record({ Id: id, LambdaFunctionArn: fc.constant('arn:f'), Events })),
      EventBridgeConfiguration: fc.constant({}),
    },
    { requiredKeys: [] },
  )

  test('all others stay, one of ours is added, and a second merge changes nothing', () => {
    fc.assert(
      fc.property(others, (existing) => {
        const { change, configuration } = mergeNotifications(existing, queueArn)
        expect(change).toBe('added')
        const { QueueConfigurations: before = [] } = existing
        expect(configuration).toEqual({ ...existing, QueueConfigurations: [...before, ours] })
        expect(mergeNotifications(configuration, queueArn)).toEqual({ change: 'unchanged', configuration })
      }),
    )
  })

  test('one of ours to another queue is replaced, and one to the queue under another name suffices', () => {
    const old = { QueueConfigurations: [{ ...ours, QueueArn: 'arn:old' }] }
    expect(mergeNotifications(old, queueArn)).toEqual({
      change: 'replaced',
      configuration: { QueueConfigurations: [ours] },
    })
    const byHand = { QueueConfigurations: [{ ...ours, Id: 'by hand' }] }
    expect(mergeNotifications(byHand, queueArn)).toEqual({ change: 'unchanged', configuration: byHand })
  })

  const created = { Id: 'theirs', Events: ['s3:ObjectCreated:Copy' as const] }
  test.each<[string, NotificationConfiguration]>([
    ['queue arn:q', { QueueConfigurations: [{ ...created, QueueArn: 'arn:q' }] }],
    ['topic arn:t', { TopicConfigurations: [{ ...created, TopicArn: 'arn:t' }] }],
    ['function arn:f', { LambdaFunctionConfigurations: [{ ...created, LambdaFunctionArn: 'arn:f' }] }],
  ])('a %s that gets the same events is named, with the remedy', (named, existing) => {
    expect(() => mergeNotifications(existing, queueArn)).toThrow(
      new RegExp(
        `s3:ObjectCreated:Copy to the ${named} \\(notification "theirs"\\).* Move that one to Amazon EventBridge`,
      ),
    )
  })
})

describe('the policy', () => {
  const statement = {
    Sid: 'AuditLake',
    Effect: 'Allow',
    Principal: { AWS: role },
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: [bucketArn, `${bucketArn}/*`],
  }
  const parsed = (existing: string | undefined) => {
    const { change, policy } = mergePolicy(existing, bucketArn, role)
    return { change, policy: JSON.parse(policy) }
  }

  test('all statements and members stay, ours is added, and a second merge changes nothing', () => {
    const theirs = fc.record(
      { Sid: fc.string(), Action: fc.string(), Extra: fc.jsonValue() },
      { requiredKeys: ['Action'] },
    )
    fc.assert(
      fc.property(fc.array(theirs.filter(({ Sid }) => Sid !== 'AuditLake')), (Statement) => {
        const existing = JSON.stringify({ Version: '2008-10-17', Id: 'theirs', Statement })
        const { change, policy } = parsed(existing)
        expect(change).toBe('added')
        expect(policy).toEqual({ ...JSON.parse(existing), Statement: [...JSON.parse(existing).Statement, statement] })
        expect(parsed(JSON.stringify(policy))).toEqual({ change: 'unchanged', policy })
      }),
    )
  })

  test('a bucket without one gets one', () => {
    expect(parsed(undefined)).toEqual({ change: 'added', policy: { Version: '2012-10-17', Statement: [statement] } })
  })

  test('a single statement is kept; ours in another order is the same, for another role it is replaced', () => {
    const single = { Effect: 'Deny', Action: '*' }
    expect(parsed(JSON.stringify({ Statement: single })).policy).toEqual({ Statement: [single, statement] })
    const reordered = { ...statement, Action: statement.Action.toReversed(), Resource: statement.Resource.toReversed() }
    expect(parsed(JSON.stringify({ Statement: [reordered] })).change).toBe('unchanged')
    const other = { ...statement, Principal: { AWS: 'arn:aws:iam::1:role/old' } }
    expect(parsed(JSON.stringify({ Statement: [other, single] }))).toEqual({
      change: 'replaced',
      policy: { Statement: [single, statement] },
    })
  })

  test.each(['', 'no JSON', '[]', '{"Statement":"all"}'])('%j is an error', (text) => {
    expect(() => mergePolicy(text, bucketArn, role)).toThrow('add the statement by hand')
  })
})
