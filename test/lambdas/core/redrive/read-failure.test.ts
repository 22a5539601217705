import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../../lambdas/core/errors.ts'
import { redriveWorld } from '../../../support/redrive-world.ts'

type Failures = Parameters<ReturnType<typeof redriveWorld>['addFailures']>[0]

/** What a redrive makes of one failure: the events of its table, why it stays, and what is open afterwards. */
async function redriven(failure: Failures[number], table: string, column: string) {
  const world = redriveWorld()
  await world.addFailures([failure])
  world.order({ kind: 'failures' })
  await world.run(world.newProcess())
  expect(await world.deliver()).toEqual([])
  const rows = await world.rows(table, [column])
  const failures = await world.rows('classification_failures', ['p_row_id', 'origin', 'position', 'raw', 'resolves'])
  return {
    events: rows.map((row) => row[column]),
    why: world.job()?.counts.left.map(({ why }) => why),
    open: (await world.openFailures()).length,
    failures,
  }
}

const hex = { logType: 'Hex.Audit', origin: 'webhook' }
const hexEvent = (id: string) => ({ event: { id, action: 'a' } })
const code = (reason: ConstructorParameters<typeof RecordError>[0]) => new RecordError(reason, reason)

describe('the bytes of a failure', () => {
  test.each([
    ['compressed', gzipSync('{"action":"a"}')],
    ['as a form', Buffer.from(`payload=${encodeURIComponent('{"action":"a"}')}`)],
    ['with a byte order mark', Buffer.from('\ufeff{"action":"a"}')],
  ])('of a webhook are read as its body: %s', async (_, bytes) => {
    const { events, open } = await redriven({ bytes }, 'github_webhook', 'action')
    expect({ events, open }).toEqual({ events: ['a'], open: 0 })
  })

  test('that hold several events become as many rows, and what is broken among them is a failure of its own', async () => {
    const bytes = Buffer.from(`${JSON.stringify(hexEvent('1'))}\n{"cut\n${JSON.stringify(hexEvent('2'))}\n`)
    const { open, failures } = await redriven({ ...hex, bytes }, 'hex_audit', 'p_row_id')
    expect(open).toBe(1)
    const part = failures.find(({ raw }) => raw === '{"cut')
    expect(part).toMatchObject({ origin: 'webhook', position: 2n, resolves: null })
  })

  test('of a webhook that holds no event, such as a test call, need no row', async () => {
    const text = '{"zen":"Design for failure.","hook_id":1,"hook":{}}'
    expect(await redriven({ text }, 'github_webhook', 'action')).toMatchObject({ events: [], why: [], open: 0 })
  })

  test('of one element are that element, whatever it would be as a body', async () => {
    const element = { ...hex, text: '[{"event":{"id":"1"}}]', position: 3, error: code('not_object') }
    expect(await redriven(element, 'hex_audit', 'p_row_id')).toMatchObject({ events: [], why: ['not_object'], open: 1 })
  })

  test.each([
    ['poll', 'Slack.AuditLogs', 'slack_auditlogs', '{"id":"e1","action":"a"}'],
    ['recovery', 'GitHub.Webhook', 'github_webhook', '{"action":"a"}'],
    ['s3://bucket/object', 'GitHub.Audit', 'github_audit', '{"action":"a","_document_id":"d"}'],
  ])('from %s are one event', async (origin, logType, table, text) => {
    const failure = { origin, logType, text, position: 5 }
    expect(await redriven(failure, table, 'action')).toMatchObject({ events: ['a'], open: 0 })
  })

  test.each([
    ['facts of an event that never came', 'incomplete', 'recovery', 'holds_no_event'],
    ['facts of a delivery', 'undelivered', 'recovery', 'holds_no_event'],
    ['nothing of an object that is gone', 'gone', 's3://bucket/object', 'holds_no_event'],
    ['the end of a damaged object', 'bad_encoding', 's3://bucket/object', 'damaged_object'],
    ['the beginning of a line that is too long', 'too_large', 'gs://bucket/object', 'damaged_object'],
  ] as const)('that are %s are no event, even if they read like one', async (_, reason, origin, why) => {
    const failure = { origin, text: '{"action":"a"}', error: code(reason) }
    expect(await redriven(failure, 'github_webhook', 'action')).toMatchObject({ events: [], why: [why], open: 1 })
  })

  test('that no longer fit any table stay', async () => {
    const failure = { logType: 'Of.Yesterday', text: '{}' }
    expect(await redriven(failure, 'github_webhook', 'action')).toMatchObject({ why: ['unknown_log_type'], open: 1 })
  })

  test('keep every digit, as if the event had come today', async () => {
    const text = '{"action":"a","number":12345678901234567890}'
    const world = redriveWorld()
    await world.addFailures([{ text, origin: 'poll' }])
    world.order({ kind: 'failures' })
    await world.run(world.newProcess())
    await world.deliver()
    const [row] = await world.rows('github_webhook', ['p_unmapped', 'number'])
    expect(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))).toContain(
      '12345678901234567890',
    )
  })
})
