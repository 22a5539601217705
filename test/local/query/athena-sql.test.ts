import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TrinoSQL } from 'dt-sql-parser'
import { describe, expect, test } from 'vitest'
import { athenaFunctions, withoutArrows } from '../../../local/query/athena-functions.ts'
import { Lake } from '../../../local/query/lake-query.ts'
import { loadTableSchemas } from '../../../schemas/compiler/load.ts'
import { viewsOf } from '../../../schemas/views.ts'
import { goldenLake } from '../../support/golden-lake.ts'
import { HandMadeLake } from '../../support/lake.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).sort()

/** Every statement of a page that a reader could run: after `npm run query`, and in blocks of SQL. */
function statementsIn(text: string): string[] {
  const commands = [...text.matchAll(/npm run (?:-s )?query -- (?:--\w+ )*"(.+?)"(?=[`\s|]|$)/gm)].map(([, sql]) => sql)
  const blocks = [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql)
  return [...commands, ...blocks].flatMap((sql = '') => sql.trim() || [])
}

/** A command's own word in place of SQL, a table that the reader makes, and what Athena has beside Trino's grammar. */
const isExample = (sql: string): boolean =>
  sql === 'SQL' || sql.includes('acme_audit') || /^(show|describe)\b/i.test(sql)

const statements = pages.flatMap((page) =>
  statementsIn(readFileSync(join(root, page), 'utf8'))
    .filter((sql) => !isExample(sql))
    .map((sql) => ({ page, sql })),
)
const grammar = new TrinoSQL()
const faults = (sql: string) => grammar.validate(sql).map(({ message }) => message)

describe('the SQL of README, docs and views', () => {
  test('is of the grammar of Athena', () => {
    expect(statements.length).toBeGreaterThan(15)
    for (const { page, sql } of statements)
      expect({ page, sql, faults: faults(sql) }).toEqual({ page, sql, faults: [] })
    for (const { name, sql } of viewsOf(loadTableSchemas()))
      expect({ name, faults: faults(sql) }).toEqual({ name, faults: [] })
    // The check can fail.
    expect(faults("select sender ->> 'login' from github_webhook")).not.toEqual([])
  })

  test('runs here, over rows of every table', async () => {
    const lake = goldenLake()
    for (const { page, sql } of statements) {
      const error = await lake.query(sql).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect({ page, sql, error }).toEqual({ page, sql, error: undefined })
    }
  })
})

async function answers(sql: string): Promise<unknown[]> {
  const lake = await Lake.open(new HandMadeLake().dataDir)
  try {
    const { rows } = await lake.query(sql)
    return rows.map((row) => (row.length === 1 ? row[0] : row))
  } finally {
    lake.close()
  }
}

/** A plain string, a list, an object, a number, half of a surrogate pair, and a text of nine megabytes. */
const kinds = `(VALUES (1, 'plain'), (2, '["a",{"b":2}]'), (3, '{"a":"x","b":{"c":[1,2]},"n":null,"t":true}'), (4, '12'),
  (5, '{"a":"\\ud800"}'), (6, repeat('x', 9000000)), (7, NULL)) AS kinds(id, value)`

describe('functions on JSON give null for text that is none, and never fail', () => {
  const nothing = null
  test.each([
    ["json_extract_scalar(value, '$.a')", [nothing, nothing, 'x', nothing, nothing, nothing, nothing]],
    ["json_extract_scalar(value, '$.b')", Array(7).fill(nothing)],
    ["json_extract_scalar(value, '$.n')", Array(7).fill(nothing)],
    ["json_extract_scalar(value, '$.t')", [nothing, nothing, 'true', nothing, nothing, nothing, nothing]],
    ["json_extract_scalar(value, '$[1].b')", [nothing, '2', nothing, nothing, nothing, nothing, nothing]],
    ["json_extract(value, '$.b')", [nothing, nothing, '{"c":[1,2]}', nothing, nothing, nothing, nothing]],
    ['json_array_length(value)', [nothing, 2, nothing, nothing, nothing, nothing, nothing]],
    ["json_size(value, '$.b.c')", [nothing, nothing, 2, nothing, nothing, nothing, nothing]],
    ["value ->> 'a'", [nothing, nothing, 'x', nothing, nothing, nothing, nothing]],
    ["value -> 'b'", [nothing, nothing, '{"c":[1,2]}', nothing, nothing, nothing, nothing]],
    ["value -> 'b' -> 'c' ->> 1", [nothing, nothing, '2', nothing, nothing, nothing, nothing]],
  ])('%s', async (expression, expected) => {
    expect(await answers(`SELECT ${expression} FROM ${kinds} ORDER BY id`)).toEqual(expected)
  })
})

test.each([
  ['approx_distinct(n)', 3],
  ['approx_percentile(n, 0.5)', 2],
  ['cardinality(array_agg(n))', 3],
  ['element_at(array_agg(n ORDER BY n), 2)', 2],
  ["array_join(array_agg(CAST(n AS varchar) ORDER BY n), '-')", '1-2-3'],
  ['contains(array_agg(n), 2)', true],
  ['arrays_overlap(array_agg(n), ARRAY[3, 4])', true],
  ['array_max(array_agg(n))', 3],
  ['slice(array_agg(n ORDER BY n), 2, 2)', [2, 3]],
  ['count_if(n > 1)', 2],
  ['max_by(n, -n)', 1],
  ["regexp_like('secret scanning', '^secret')", true],
  ["from_iso8601_timestamp('2026-01-31T10:00:00+02:00')", '2026-01-31T08:00:00.000Z'],
  ["from_iso8601_date('2026-01-31')", '2026-01-31'],
  ["to_iso8601(TIMESTAMP '2026-01-31 10:00:00')", '2026-01-31T10:00:00.000'],
  ['from_unixtime(1)', '1970-01-01T00:00:01.000Z'],
  ["to_unixtime(TIMESTAMP '1970-01-01 00:00:01')", 1],
  ["date_format(TIMESTAMP '2026-01-31 10:05:09', '%Y-%m-%d %H:%i:%s')", '2026-01-31 10:05:09'],
  ["date_add('day', -1, TIMESTAMP '2026-01-31 10:00:00')", '2026-01-30T10:00:00.000Z'],
  ['5 / 2', 2],
  ['to_iso8601(from_unixtime(1))', '1970-01-01T00:00:01.000Z'],
  ["date_format(TIMESTAMP '2026-11-03 09:05:09', '%W, %e %M %Y %T')", 'Tuesday, 3 November 2026 09:05:09'],
  ["date_add('month', -1, TIMESTAMP '2026-03-31 10:00:00')", '2026-02-28T10:00:00.000Z'],
  ["date_add('WEEK', 1, TIMESTAMP '2026-01-31 10:00:00')", '2026-02-07T10:00:00.000Z'],
  ["date_diff('hour', TIMESTAMP '2026-01-31 10:59:00', TIMESTAMP '2026-01-31 11:01:00')", 0],
  ["regexp_replace('a-b-c', '-', '')", 'abc'],
  ["regexp_extract('abc', 'x+') is null", true],
  ["regexp_extract('abc', 'b+')", 'b'],
  ["regexp_extract('abc', 'a(b)', 1)", 'b'],
  ["array_join(filter(ARRAY['a'], x -> x = 'b'), ',')", ''],
  ["is_json_scalar('12')", true],
  ["date_diff('day', DATE '2026-01-01', DATE '2026-01-31')", 30],
  ["day_of_week(DATE '2026-02-01')", 7],
  ["url_extract_host('https://me@github.example:8443/acme')", 'github.example'],
])('%s has the answer of Athena', async (expression, expected) => {
  const sql = `SELECT ${expression} FROM (VALUES (1), (2), (3)) AS t(n)`
  expect(faults(sql)).toEqual([])
  const [answer] = await answers(sql)
  expect(answer).toEqual(expected)
})

test('arrows in texts, names and comments stay as they are', async () => {
  const sql = `SELECT 'a -> ''b''' AS "-> 'x'", list_transform([1], x -> x + 1)[1] -- -> 'y'
    /* -> 'z' */`
  expect(withoutArrows(sql)).toBe(sql)
  expect(await answers(sql)).toEqual([["a -> 'b'", 2]])
})

test('every function that is defined here is documented', () => {
  const text = readFileSync(join(root, 'docs/querying.md'), 'utf8')
  const names = athenaFunctions.map((definition) => /^CREATE MACRO "?([^"(]+)/.exec(definition)?.[1] ?? '')
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
