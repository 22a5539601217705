import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readsAllDays } from '../../cli/unbounded-days.ts'

test.each([
  'select * from all_events',
  'SELECT count(*) FROM "auditlake"."all_events" WHERE time > now()',
  "select * from all_events where dt < '2026-01-01'",
  "select * from all_events where dt <= '2026-01-01'",
  "select * from all_events -- where dt >= '2026-01-01'",
  "select 'dt >= 1' from all_events",
  'with a as (select * from all_events) select * from a',
  "select * from all_events a join all_events b on a.metadata_uid = b.metadata_uid where a.dt >= '2026-01-01'",
  '-- all of it\nselect * from all_events',
  'select * from (all_events)',
  'values ((select count(*) from all_events))',
  '(values 1) union all (select 1 from all_events)',
  `select x as "it's" from all_events where y = 'a'`,
  `select x as "a""it's" from all_events where y = 'a'`,
  `select x as "dt >= 1" from all_events`,
  `select '"' from all_events where y = '"'`,
  '-- a\rselect * from all_events',
  'select * from "some-catalog"."auditlake"."all_events"',
  "select * from all_events where true or dt >= '2026-01-01'",
  "select * from all_events where dt >= '2026-01-01' or status = 'x'",
  "select * from all_events where (status = 'x' and dt = '2026-01-01') or (true)",
  "select * from all_events where not dt >= '2026-01-01'",
  "select * from all_events where not (dt >= '2026-01-01')",
  "select * from all_events where dt not in ('2026-01-01')",
  "select * from all_events where dt not between '2026-01-01' and '2026-01-02'",
  "select * from all_events where (dt >= '2026-01-01') = false",
  "select * from all_events where (dt >= '2026-01-01') is not null",
  "select * from all_events where dt >= '2026-01-01' is not null",
  "select * from all_events where case when dt >= '2026-01-01' then true else true end",
  "select * from all_events where if(dt >= '2026-01-01', true, true)",
  'select * from all_events where dt >= dt',
  'select * from all_events where dt = dt',
  "select dt >= '2026-01-01' from all_events",
  "select * from all_events group by dt having dt >= '2026-01-01'",
  "select * from all_events a, all_events b where a.dt >= '2026-01-01' and a.dt > '2026-01-02'",
  'select * from all_events a join all_events b on a.dt = b.dt',
  "select * from all_events a join all_events b on a.x = b.x where b.dt >= '2026-01-01'",
  "select * from (select 1 where dt >= '2026-01-01') join all_events on true",
  "select * from all_events union all select * from all_events where dt >= '2026-01-01'",
  "select * from all_events where x in (select y from github_audit where dt >= '2026-01-01')",
  'table all_events',
  'select * from (all_events',
])('reads every day: %s', (sql) => {
  expect(readsAllDays(sql)).toBe(true)
})

test.each([
  "select * from all_events where dt >= '2026-01-01' order by time desc limit 20",
  "select * from all_events where dt = '2026-01-01'",
  "select * from all_events where '2026-01-01' <= dt",
  "select * from all_events where dt between '2026-01-01' and '2026-01-31'",
  "select * from all_events where dt in ('2026-01-01')",
  `select all_events.time from all_events where all_events."dt" > '2026-01-01'`,
  "select * from (select * from all_events where dt >= '2026-01-01') join (select * from all_events where dt >= '2026-01-01') on true",
  "select * from all_events where status = 'x' and dt >= '2026-01-01' and (true or false)",
  "select * from all_events where (dt = '2026-01-01' and status = 'x') or ('2026-01-05' < dt)",
  "select * from all_events where ((dt between '2026-01-01' and '2026-01-02' and status = 'x'))",
  "select * from all_events where dt >= date_format(current_date - interval '7' day, '%Y-%m-%d') limit 5",
  "select * from all_events a join all_events b on a.dt = b.dt where b.dt >= '2026-01-01'",
  "select * from all_events as a left join all_events as b on a.x = b.x and b.dt >= '2026-01-01' where a.dt >= '2026-01-01'",
  "select * from all_events a join all_events b using (dt, x) where dt >= '2026-01-01'",
  "with a as (select * from all_events where dt = '2026-01-01') select * from a",
  "select * from auditlake.all_events where auditlake.all_events.dt >= '2026-01-01'",
  "select * from all_events where dt >= '2026-01-01' union all select * from all_events where dt = '2026-02-01'",
  "select extract(year from time) from all_events where dt >= '2026-01-01' window w as (order by dt)",
  'select * from github_audit',
  'describe all_events',
  'show columns from all_events',
  "select 'from all_events'",
  `select 1 as "from all_events"`,
  '/* select * from all_events */ select 1',
])('is bounded, or reads none: %s', (sql) => {
  expect(readsAllDays(sql)).toBe(false)
})

test('every statement of README and docs bounds dt where it reads all_events', () => {
  const root = join(import.meta.dirname, '../..')
  const texts = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  )
  const statements = texts.flatMap((text) => [
    ...[...text.matchAll(/query -- (?:--\w+ )*"([^"]+)"/g)].map(([, sql = '']) => sql),
    ...[...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql),
  ])
  const reading = statements.filter((sql) => sql.includes('all_events'))
  expect(reading.length).toBeGreaterThan(10)
  expect(reading.filter(readsAllDays)).toEqual([])
})
