import { TrinoSQL } from 'dt-sql-parser'
import { describe, expect, test } from 'vitest'
import { readsAllDays } from '../../cli/unbounded-days.ts'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { loadTableSchemas } from '../../schemas/compiler/load.ts'
import {
  assignments,
  findSavedQuery,
  loadSavedQueries,
  parseSavedQuery,
  renderSavedQuery,
} from '../../schemas/compiler/saved-queries.ts'
import { LakeOfSchemas } from '../support/lake-of-schemas.ts'

const queries = loadSavedQueries()
const schemas = loadTableSchemas()

test('there are twenty, for each provider and across all', () => {
  expect(queries).toHaveLength(20)
  const ofAll = queries.filter(({ sql }) => sql.includes('all_events'))
  expect(ofAll.length).toBeGreaterThan(10)
  for (const provider of ['anthropic', 'github', 'hex', 'slack']) {
    expect(queries.map(({ name }) => name).filter((name) => name.startsWith(`${provider}-`))).not.toEqual([])
  }
})

test.each(queries)('$name is of the grammar of Athena, and bounds dt wherever it reads', (query) => {
  const sql = renderSavedQuery(query)
  expect(new TrinoSQL().validate(sql)).toEqual([])
  const reads = [...sql.matchAll(/\bFROM \w/g)].length
  expect([...sql.matchAll(/\bdt >= /g)]).toHaveLength(reads)
  expect(readsAllDays(sql)).toBe(false)
})

describe('values', () => {
  const query = parseSavedQuery(
    'one',
    "-- Who?\n-- Because.\n-- :who = 'it''s' A name\n-- :days = 7 Days\nSELECT ':days', x::text -- :who\nFROM t WHERE a = :who AND b < -:days\n",
  )

  test('fill the places of parameters, in neither texts nor comments', () => {
    const start = "SELECT ':days', x::text -- :who\nFROM t WHERE a ="
    expect(renderSavedQuery(query)).toBe(`${start} 'it''s' AND b < -7`)
    expect(renderSavedQuery(query, { who: 'ada', days: '30' })).toBe(`${start} 'ada' AND b < -30`)
  })

  test.each(["'; DROP TABLE x; --", "a' OR '1' = '1", ':days', "\\'", '$&', '\n--'])('%j stays one text', (who) => {
    const sql = renderSavedQuery(query, { who })
    expect(sql).toContain(`'${who.replaceAll("'", "''")}' AND b < -7`)
  })

  test.each(['7 day', '-1', '1e3', '', '0x10', '1234567'])('%j is not a number of days', (days) => {
    expect(() => renderSavedQuery(query, { days })).toThrow('days must be a whole number of at most six digits')
  })

  test('of unknown or repeated parameters are refused', () => {
    expect(() => renderSavedQuery(query, { day: '3' })).toThrow('one has no parameter day; did you mean days?')
    expect(() => renderSavedQuery(query, { constructor: '3' })).toThrow('one has no parameter constructor')
    expect(() => assignments(['days=1', 'days=2'])).toThrow('days is given twice')
    expect(() => assignments(['days'])).toThrow('write NAME=VALUE')
    expect(assignments(['who=a=b', 'x='])).toEqual({ who: 'a=b', x: '' })
  })
})

test('an unknown name is answered with the nearest', () => {
  expect(() => findSavedQuery(queries, 'new-owner')).toThrow('did you mean new-owners?')
})

test.each([
  ['SELECT 1', 'two lines'],
  ['-- Who?\nSELECT 1', 'two lines'],
  ['-- Who?\n-- Because.\nSELECT :days', 'does not declare the parameter days'],
])('the file %j is refused', (text, problem) => {
  expect(() => parseSavedQuery('x', text)).toThrow(problem)
})

const minute = 60_000

/** A row of a time before now. */
const rowOf = (logType: string, minutesAgo: number, columns: Row): Row => {
  const time = new Date(Date.now() - minutesAgo * minute).toISOString()
  const standard = { p_event_time: time, p_parse_time: time, p_time_source: 'event', p_log_type: logType }
  const id = `${logType}-${minutesAgo}-${JSON.stringify(columns)}`
  return { ...standard, p_row_id: id, p_source_id: 's', p_source_label: 'S', p_schema_version: 1, ...columns }
}

const signIn = (minutesAgo: number, ip: string, name = 'ada') =>
  rowOf('Slack.AuditLogs', minutesAgo, {
    action: 'user_login',
    actor: { type: 'user', user: { id: 'U1', name, email: `${name}@example.com` } },
    context: { ip_address: ip },
  })
const day = 24 * 60

/** Events that a question is about, and what its answer has. */
const cases: readonly (readonly [string, readonly Row[], readonly object[]])[] = [
  [
    'new-addresses',
    [
      signIn(20 * day, '192.0.2.1'),
      signIn(day, '192.0.2.1'),
      signIn(day, '203.0.113.9'),
      signIn(day, '203.0.113.8', 'new'),
    ],
    [{ who: 'ada@example.com', address: '203.0.113.9', product: 'Slack' }],
  ],
  [
    'active-after-leaving',
    [
      rowOf('Anthropic.Activity', 90, { type: 'org_user_deleted', deleted_user_email: 'ada@example.com' }),
      signIn(30, '192.0.2.1'),
      signIn(120, '192.0.2.1'),
    ],
    [{ who: 'ada@example.com', left_from: 'Anthropic', active_in: 'Slack' }],
  ],
  [
    'github-foreign-code',
    [
      rowOf('GitHub.Webhook', 9, {
        p_webhook_event: 'workflow_run',
        sender: '{"login":"eve"}',
        repository: '{"full_name":"acme/site"}',
        workflow_run: '{"event":"pull_request_target","head_repository":{"full_name":"eve/site"}}',
      }),
      rowOf('GitHub.Webhook', 8, {
        p_webhook_event: 'workflow_run',
        repository: '{"full_name":"acme/site"}',
        workflow_run: '{"event":"pull_request_target","head_repository":{"full_name":"acme/site"}}',
      }),
      rowOf('GitHub.Audit', 7, { action: 'repo.register_self_hosted_runner', actor: 'eve', org: 'acme' }),
    ],
    [
      { what: 'repo.register_self_hosted_runner', place: 'acme' },
      { what: 'workflow_run', who: 'eve' },
    ],
  ],
  [
    'slack-powerful-apps',
    [
      rowOf('Slack.AuditLogs', 5, {
        action: 'app_installed',
        entity: { type: 'app', app: { name: 'Reader', scopes: ['channels:history'] } },
      }),
      rowOf('Slack.IntegrationLogs', 4, { change_type: 'added', app_type: 'Search', scope: 'search:read,identify' }),
      rowOf('Slack.IntegrationLogs', 3, { change_type: 'added', app_type: 'Small', scope: 'identify' }),
    ],
    [{ app: 'Search' }, { app: 'Reader' }],
  ],
  [
    'failed-sign-ins',
    Array.from({ length: 6 }, (_, n) =>
      rowOf('Slack.AuditLogs', 0, { action: 'user_login_failed', id: `e${n}`, context: { ip_address: '203.0.113.9' } }),
    ),
    [{ product: 'Slack', address: '203.0.113.9', failures: 6 }],
  ],
  [
    'mass-downloads',
    [
      ...Array.from({ length: 20 }, (_, n) =>
        rowOf('Slack.AuditLogs', 0, {
          action: 'file_downloaded',
          actor: { user: { email: 'eve@example.com' } },
          entity: { type: 'file', file: { id: `F${n}` } },
        }),
      ),
      // A row that came twice counts once.
      ...Array.from({ length: 25 }, () =>
        rowOf('Hex.Audit', 0, { event: { action: 'DOWNLOAD_AS_CSV', actor: { id: 'u' } } }),
      ),
    ],
    [{ product: 'Slack', who: 'eve@example.com', events: 20, things: 20 }],
  ],
]

test.each(cases)('%s finds what it asks for', async (name, rows, expected) => {
  const lake = new LakeOfSchemas(schemas)
  for (const schema of schemas) {
    const own = rows.filter((row) => row.p_log_type === schema.logType)
    const byDay = Map.groupBy(own, (row) => String(row.p_event_time).slice(0, 10))
    for (const [dt, some] of byDay) {
      const daysAgo = Math.round((Date.parse(new Date().toISOString().slice(0, 10)) - Date.parse(dt)) / (day * minute))
      lake.add(schema.table, 'rows.parquet', parquetOf(schema, some), daysAgo)
    }
  }
  const found = await lake.rows(renderSavedQuery(findSavedQuery(queries, name)))
  expect(found).toMatchObject(expected)
  expect(found).toHaveLength(expected.length)
})
