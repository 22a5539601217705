import { expect, test } from 'vitest'
import { rawNumber } from '../../lambdas/core/json/json.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { parseEvent } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { hexAudit } from '../../schemas/generated/hex_audit.ts'
import type { TableRows } from '../../schemas/generated/index.ts'
import { slackAccesslogs } from '../../schemas/generated/slack_accesslogs.ts'

const context = { sourceId: 's', sourceLabel: 'S', receivedAt: Date.UTC(2026, 0, 31) }

const standard = {
  p_parse_time: '2026-01-31T00:00:00.000Z',
  p_time_source: 'event',
  p_row_id: expect.any(String),
  p_source_id: 's',
  p_source_label: 'S',
}

/** Type-checked against the types that were generated for each table. */
const rows: Pick<TableRows, 'hex_audit' | 'slack_accesslogs'> = {
  hex_audit: {
    ...standard,
    p_schema_version: 2,
    p_log_type: 'Hex.Audit',
    p_event_time: '2026-01-30T12:00:00.000Z',
    p_any_actor_ids: ['u1'],
    p_any_ip_addresses: ['192.0.2.1'],
    keysuffix: 'k',
    event: {
      actor: { id: 'u1' },
      context: { location: '192.0.2.1' },
      targets: [{ id: 't', metadata: { created: true } }, null],
      occurred_at: '2026-01-30T12:00:00.000Z',
    },
  },
  slack_accesslogs: {
    ...standard,
    p_schema_version: 1,
    p_log_type: 'Slack.AccessLogs',
    p_event_time: '2026-01-30T00:00:00.000Z',
    date_last: '2026-01-30T00:00:00.000Z',
    count: rawNumber('9007199254740993'),
  },
}

test('rows have their generated types, and a row of any table is a row', () => {
  const normalized = (schema: LogSchema, text: string): Row =>
    compileNormalizer(schema).normalize(parseEvent(Buffer.from(text)), context)
  const hex =
    '{"keySuffix":"k","event":{"actor":{"id":"u1"},"context":{"location":"192.0.2.1"},"targets":[{"id":"t","metadata":{"created":true}},null],"occurred_at":"2026-01-30T12:00:00Z"}}'
  const slack = '{"count":9007199254740993,"date_last":1769731200}'
  const expected: readonly Row[] = [rows.hex_audit, rows.slack_accesslogs]
  const made = [normalized(hexAudit, hex), normalized(slackAccesslogs, slack)]
  expect(made).toEqual(expected)
  expect(JSON.stringify(made[1])).toContain('"count":9007199254740993,')
})
