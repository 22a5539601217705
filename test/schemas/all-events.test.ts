import { describe, expect, test } from 'vitest'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { allEventsSql, typeUidSql } from '../../schemas/all-events.ts'
import { allEventsColumns } from '../../schemas/all-events-columns.ts'
import { loadTableSchemas } from '../../schemas/compiler/load.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { activitiesOf, byVerb, eventColumns, ocsfClasses, typeUid } from '../../schemas/ocsf.ts'
import { viewsOf } from '../../schemas/views.ts'
import { everyType } from '../support/every-type.ts'
import { goldenLake } from '../support/golden-lake.ts'
import { LakeOfSchemas } from '../support/lake-of-schemas.ts'

const schemas = loadTableSchemas()
const events = schemas.filter(({ logType }) => logType.includes('.'))

/** Copied from OCSF 1.8.0 by hand, so that a slip in the product's list shows. */
const ocsf = `
2002 Vulnerability Finding: 1 Create, 2 Update, 3 Close
2004 Detection Finding: 1 Create, 2 Update, 3 Close
3001 Account Change: 1 Create, 2 Enable, 5 Disable, 6 Delete, 11 MFA Factor Disable
3002 Authentication: 1 Logon, 2 Logoff
3004 Entity Management: 1 Create, 2 Read, 3 Update, 4 Delete, 5 Move, 8 Enable, 9 Disable
3005 User Access Management: 1 Assign Privileges, 2 Revoke Privileges
3006 Group Management: 1 Assign Privileges, 2 Revoke Privileges, 3 Add User, 4 Remove User, 5 Delete, 6 Create
6001 Web Resources Activity: 1 Create, 2 Read, 3 Update, 4 Delete, 6 Import, 7 Export, 8 Share
6002 Application Lifecycle: 1 Install, 2 Remove, 6 Enable, 7 Disable, 8 Update
6003 API Activity: 1 Create, 2 Read, 3 Update, 4 Delete
6006 File Hosting Activity: 1 Upload, 2 Download, 4 Delete, 12 Share, 13 Unshare, 14 Open
`

test('classes and activities are those of OCSF', () => {
  const listed = Object.entries(ocsfClasses).map(([name, { uid, activities }]) => {
    const words = Object.entries(activities).map(([id, activity]) => `${id} ${activity}`)
    return `${uid} ${name}: ${words.join(', ')}`
  })
  expect(listed.sort()).toEqual(ocsf.trim().split('\n'))
  expect(activitiesOf({ uid: 1, activities: {} })).toEqual({ 0: 'Unknown', 99: 'Other' })
})

test('every log type of a provider says what its rows mean', () => {
  expect(events.filter((schema) => schema.ocsf === undefined).map(({ logType }) => logType)).toEqual([])
})

/** Every text that a glob describes, with a word for each `*`. */
function textsOf(glob: string): string[] {
  const [whole, inner = ''] = /\{([^{}]*)\}/.exec(glob) ?? []
  if (whole === undefined) return [glob.replaceAll('*', 'x')]
  return inner.split(',').flatMap((choice) => textsOf(glob.replace(whole, () => choice)))
}

describe.each(events)('the operations of $logType', ({ ocsf: mapping }) => {
  const rules = mapping?.classes ?? []
  const named = rules.flatMap((rule) =>
    Object.entries(rule.activities).flatMap(([activity, globs]) =>
      globs.map((glob) => ({ class: rule.class, activity, glob })),
    ),
  )

  test('have the class of their rule', async () => {
    const texts = [...new Set(named.flatMap(({ glob }) => textsOf(glob)))]
    const list = texts.map((text) => `('${text}')`).join(', ')
    const found = await new LakeOfSchemas([]).rows(
      `SELECT code, ${typeUidSql(rules)} AS uid FROM (SELECT code, code AS metadata_event_code FROM (VALUES ${list}) AS t(code)) AS s`,
    )
    const uids = new Map(found.map(({ code, uid }) => [code, Number(uid)]))
    const unreachable = named.filter(({ class: name, activity, glob }) => {
      const classUid = ocsfClasses[name]?.uid
      return !textsOf(glob).some((text) => {
        const uid = uids.get(text) ?? 0
        return activity === byVerb ? Math.floor(uid / 100) === classUid : uid === typeUid(name, activity)
      })
    })
    expect(unreachable).toEqual([])
  })
})

test('each column that a mapping fills has a value in a golden row', async () => {
  const lake = goldenLake()
  const missing = []
  for (const { logType, ocsf: mapping } of events) {
    const filled = [
      ...eventColumns.filter((column) => mapping?.columns[column] !== undefined),
      ...(mapping?.resources.length ? ['resources_type', 'resources_name', 'resources_uid'] : []),
      ...(mapping?.actorType.length ? ['actor_user_type'] : []),
    ]
    const counts = filled.map((column) => `count(${column}) AS ${column}`).join(', ')
    const [row = {}] = await lake.rows(`SELECT ${counts} FROM all_events WHERE metadata_log_name = '${logType}'`)
    for (const [column, count] of Object.entries(row)) if (count === 0) missing.push(`${logType} ${column}`)
  }
  expect(missing).toEqual([])
})

test('the view has every row of every table once, and each has a class', async () => {
  const lake = goldenLake()
  const tables = events.map(({ table }) => `SELECT count(*) AS n FROM ${table}`).join(' UNION ALL ')
  const [counted] = await lake.rows(`SELECT CAST(sum(n) AS integer) AS n FROM (${tables})`)
  const [all] = await lake.rows("SELECT count(*) AS n FROM all_events WHERE type_uid IS NOT NULL AND class_name <> ''")
  expect(Number(counted?.n)).toBeGreaterThan(150)
  expect(all).toEqual(counted)
  const odd = await lake.rows(
    `SELECT metadata_event_code, type_uid FROM all_events WHERE metadata_event_code IS NULL OR class_name IS NULL
     OR activity_name IS NULL OR status IS NULL OR type_uid <> class_uid * 100 + activity_id`,
  )
  expect(odd).toEqual([])
})

test('a filter on product, log type or day keeps tables and files from being read', async () => {
  const lake = goldenLake()
  const reads = async (where: string) => {
    const [{ explain_value: plan } = {}] = await lake.rows(`EXPLAIN SELECT "time" FROM all_events WHERE ${where}`)
    // Each reader is named twice, in its title and as a function.
    return [...String(plan).matchAll(/READ_PARQUET/g)].length / 2
  }
  expect(await reads('true')).toBe(events.length)
  expect(await reads("metadata_product_name = 'GitHub'")).toBe(2)
  expect(await reads("metadata_log_name = 'Hex.Audit'")).toBe(1)
  const { sql = '' } = viewsOf(schemas).find(({ name }) => name === 'all_events') ?? {}
  expect(sql).toMatch(/^ {2}"dt"\nFROM/m)
  expect(sql.match(/e\."dt" AS "dt"/g)).toHaveLength(events.length)
})

test('a log type without a mapping joins with what every table has', async () => {
  const lake = new LakeOfSchemas([everyType])
  const row: Row = {
    ...{ p_log_type: 'Test.EveryType', p_row_id: 'r1', p_source_id: 's1', p_source_label: 'S', p_schema_version: 3 },
    ...{ p_event_time: '2026-01-15T10:00:00.000Z', p_parse_time: '2026-01-15T10:00:00.000Z', p_time_source: 'event' },
  }
  lake.add(everyType.table, 'a.parquet', parquetOf(everyType, [row]))
  const [found = {}] = await lake.rows('SELECT * FROM all_events')
  const { dt, ...rest } = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null))
  expect(dt).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  expect(rest).toEqual({
    time: '2026-01-15T10:00:00.000Z',
    ...{ metadata_product_name: 'Test', metadata_log_name: 'Test.EveryType', metadata_event_code: 'Test.EveryType' },
    ...{ class_uid: 6003, class_name: 'API Activity', activity_id: 99, activity_name: 'Other', type_uid: 600399 },
    ...{ status: 'Unknown', status_id: 0, severity_id: 1, metadata_uid: 'r1', p_source_id: 's1' },
  })
  expect(Object.keys(found)).toEqual(allEventsColumns.map(({ column }) => column))
})

/** Athena refuses longer statements, and Glue longer definitions of views. */
test('the query is far from the limits of Athena and Glue', () => {
  expect(allEventsSql(events).length).toBeLessThan(100_000)
  const many: LogSchema[] = Array.from({ length: 4 }, () => events).flat()
  expect(allEventsSql(many).length).toBeLessThan(262_144)
})
