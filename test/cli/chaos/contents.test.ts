import { expect, test } from 'vitest'
import { compareContents } from '../../../cli/chaos/contents.ts'
import type { SourceLog } from '../../../cli/chaos/source-log.ts'
import { parquetOf } from '../../../lambdas/core/lake/parquet.ts'
import { parseEvent } from '../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { slackAuditlogs } from '../../../schemas/generated/slack_auditlogs.ts'
import { LakeOfSchemas } from '../../support/lake-of-schemas.ts'

const { normalize } = compileNormalizer(slackAuditlogs)

const login = {
  id: 'a',
  date_create: 1_763_640_000,
  action: 'user_login',
  actor: { type: 'user', user: { id: 'W1', name: 'Ada', email: 'ada@example.com', team: 'T1' } },
  entity: { type: 'user', user: { id: 'W1', name: 'Ada', email: 'ada@example.com', team: 'T1' } },
  context: { ip_address: '192.0.2.1', ua: 'curl', location: { type: 'workspace', id: 'T1', name: 'Ex', domain: 'ex' } },
  details: { unheard_of: [1, null, { of: '9007199254740993' }] },
}

/** A lake with the rows of these events. */
function lakeWith(...events: readonly object[]): LakeOfSchemas {
  const lake = new LakeOfSchemas([slackAuditlogs])
  const context = { sourceId: 'slack-audit', sourceLabel: 'Slack', receivedAt: Date.now() }
  const rows = events.map((event) => normalize(parseEvent(Buffer.from(JSON.stringify(event))), context))
  lake.add(slackAuditlogs.table, 'rows.parquet', parquetOf(slackAuditlogs, rows))
  return lake
}

/** A provider that showed these. */
const log = (...events: readonly (object & { readonly id: string })[]): SourceLog => ({
  source: 'slack-audit',
  table: 'slack_auditlogs',
  id: 'id',
  shown: async () => new Map(),
  events: async () => new Map(events.map((event) => [event.id, JSON.stringify(event)])),
})

const compared = (lake: LakeOfSchemas, ...logs: SourceLog[]) => compareContents(lake.dataDir, logs)

test('rows that hold their events', async () => {
  const other = { ...login, id: 'b', action: 'user_logout' }
  expect(await compared(lakeWith(login, other), log(login, other))).toEqual({ compared: 2, changed: [], untouched: [] })
})

test.each<readonly [string, object]>([
  ['a value', { ...login, action: 'user_logout' }],
  [
    'a value in a struct',
    { ...login, actor: { ...login.actor, user: { ...login.actor.user, email: 'x@example.com' } } },
  ],
  ['a value without a column', { ...login, details: { unheard_of: [1, null, { of: '9007199254740992' }] } }],
  ['a time', { ...login, date_create: login.date_create + 1 }],
  ['a member that is missing', { ...login, context: undefined }],
  ['a member that nobody sent', { ...login, more: 1 }],
])('%s that is another is a change, and is named', async (_what, held) => {
  expect(await compared(lakeWith(held), log(login))).toEqual({
    compared: 1,
    changed: ['slack_auditlogs a'],
    untouched: [],
  })
})

test('rows of events that are not known, or that change, are not compared, and a log without any is named', async () => {
  const { events: _events, ...changing } = log(login)
  const nothing = { compared: 0, changed: [], untouched: ['slack-audit (slack_auditlogs)'] }
  expect(await compared(lakeWith({ ...login, id: 'z' }), log(login), changing)).toEqual(nothing)
})
