import { expect, test } from 'vitest'
import { count } from '../../../cli/chaos/count.ts'
import type { SourceLog } from '../../../cli/chaos/source-log.ts'
import { parquetOf } from '../../../lambdas/core/lake/parquet.ts'
import { parseEvent } from '../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { classificationFailures } from '../../../schemas/generated/classification_failures.ts'
import { slackAuditlogs } from '../../../schemas/generated/slack_auditlogs.ts'
import { LakeOfSchemas } from '../../support/lake-of-schemas.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const hour = 3_600_000
const { normalize } = compileNormalizer(slackAuditlogs)

/** A lake with rows of these ids, each with the hours since its receipt. */
function lakeWith(rows: readonly (readonly [id: string, hoursAgo: number])[]): LakeOfSchemas {
  const lake = new LakeOfSchemas([slackAuditlogs, classificationFailures])
  for (const [index, [id, hoursAgo]] of rows.entries()) {
    const receivedAt = now - hoursAgo * hour
    const event = parseEvent(
      Buffer.from(JSON.stringify({ id, date_create: (now - 5 * hour) / 1_000, action: 'user_login' })),
    )
    const row = normalize(event, { sourceId: 'slack-audit', sourceLabel: 'Slack', receivedAt })
    lake.add(slackAuditlogs.table, `${index}.parquet`, parquetOf(slackAuditlogs, [row]))
  }
  return lake
}

/** A provider that showed these two hours ago. */
const log = (...ids: string[]): SourceLog => ({
  source: 'slack-audit',
  table: 'slack_auditlogs',
  id: 'id',
  shown: async () => new Map(ids.map((id) => [id, now - 2 * hour])),
})

const counted = (lake: LakeOfSchemas, ...logs: SourceLog[]) => count({ data: lake.dataDir, logs, now, deadLetters: [] })

test('an event without a row is lost, and is named', async () => {
  const { lost, logs } = await counted(lakeWith([['a', 2]]), log('a', 'b'))
  expect({ lost, ids: logs[0]?.lost, found: logs[0]?.found }).toEqual({ lost: 1, ids: ['b'], found: 1 })
})

test('an event that was shown just now may have no row yet', async () => {
  const late = { ...log(), shown: async () => new Map([['b', now - hour / 60]]) }
  expect(await counted(lakeWith([]), late)).toMatchObject({ lost: 0 })
})

test('a row that is there twice counts once it should be merged', async () => {
  const rows = [
    ['a', 3],
    ['a', 2],
    ['b', 2],
    ['b', 0.1],
  ] as const
  expect(await counted(lakeWith(rows), log('a', 'b'))).toMatchObject({ lost: 0, duplicate: 1 })
})

test('a row of an event that no provider showed is unknown', async () => {
  expect(await counted(lakeWith([['a', 2]]), log())).toMatchObject({ lost: 0, unknown: 1 })
})

test('a text that is no event is missing until a failure keeps it', async () => {
  const spoiled = { ...log(), spoiled: () => ['{"cut":'] }
  expect((await counted(lakeWith([]), spoiled)).quarantined).toEqual({ planted: 0, others: 0, missing: 1 })
})
