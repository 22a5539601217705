import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { duckDbType } from '../../../lambdas/core/duckdb/duckdb-type.ts'
import { Lake, QueryError } from '../../../local/query/lake-query.ts'
import { csvLines, jsonLines, resultLines } from '../../../local/query/query-text.ts'
import { HandMadeLake } from '../../support/lake.ts'

/** Days before today, because tables show only their projected days. */
function day(before: number): string {
  return new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10)
}

async function rowsOf(lake: HandMadeLake, sql: string): Promise<unknown[]> {
  const opened = await Lake.open(lake.dataDir)
  const result = await opened.query(sql)
  opened.close()
  return [...jsonLines(result)].map((line) => JSON.parse(line))
}

describe('a table', () => {
  test('holds exactly the files in its lists, each under the day of its list', async () => {
    const lake = new HandMadeLake()
    await lake.parquet('data/a.parquet', 'SELECT 1::BIGINT AS id')
    await lake.parquet('data/b.parquet', 'SELECT unnest([2, 3])::BIGINT AS id')
    await lake.parquet('data/replaced.parquet', 'SELECT 4::BIGINT AS id')
    lake.list(day(1), 'data/a.parquet')
    lake.list(day(0), 'data/b.parquet')
    expect(await rowsOf(lake, 'SELECT id, dt FROM events ORDER BY id')).toEqual([
      { id: 1, dt: day(1) },
      { id: 2, dt: day(0) },
      { id: 3, dt: day(0) },
    ])
    expect(await rowsOf(lake, `SELECT count(*) AS n FROM audit.events WHERE dt = '${day(0)}'`)).toEqual([{ n: 2 }])
  })

  test('has all columns under their types, null in files that lack them', async () => {
    const lake = new HandMadeLake()
    await lake.parquet(
      'data/full.parquet',
      `SELECT 1::BIGINT AS id, TIMESTAMPTZ '2026-11-20 08:15:30.123Z' AS happened, 'ä' AS name, ['x', 'y'] AS tags,
       {'id': 7, 'team': {'name': 'red'}, '@type': 'User'} AS actor, 'not declared' AS extra`,
    )
    await lake.parquet('data/narrow.parquet', "SELECT 2::BIGINT AS id, {'id': 8} AS actor")
    lake.list(day(0), 'data/full.parquet', 'data/narrow.parquet')
    expect(await rowsOf(lake, 'SELECT * FROM events ORDER BY id')).toEqual([
      {
        id: 1,
        happened: '2026-11-20T08:15:30.123Z',
        name: 'ä',
        score: null,
        tags: ['x', 'y'],
        actor: { id: 7, team: { name: 'red' }, '@type': 'User' },
        dt: day(0),
      },
      {
        id: 2,
        happened: null,
        name: null,
        score: null,
        tags: null,
        actor: { id: 8, team: null, '@type': null },
        dt: day(0),
      },
    ])
    const types = await rowsOf(
      lake,
      'SELECT column_name, data_type FROM information_schema.columns ORDER BY ordinal_position',
    )
    expect(types.map((row) => Object(row).data_type)).toEqual([
      'BIGINT',
      'TIMESTAMP',
      'VARCHAR',
      'DOUBLE',
      'VARCHAR[]',
      'STRUCT(id BIGINT, team STRUCT("name" VARCHAR), "@type" VARCHAR)',
      'VARCHAR',
    ])
  })

  test('exists with its columns before its first row', async () => {
    const lake = new HandMadeLake()
    expect(await rowsOf(lake, 'SHOW TABLES')).toEqual([{ name: 'events' }])
    expect(await rowsOf(lake, 'SELECT actor.team.name, happened, dt FROM events')).toEqual([])
    lake.list(day(0))
    expect(await rowsOf(lake, 'SELECT count(*) AS n FROM events')).toEqual([{ n: 0 }])
  })

  test('shows only its projected days', async () => {
    const lake = new HandMadeLake()
    for (const [index, before] of [367, 364, -1, -4].entries()) {
      await lake.parquet(`data/${index}.parquet`, `SELECT ${index}::BIGINT AS id`)
      lake.list(day(before), `data/${index}.parquet`)
    }
    expect(await rowsOf(lake, 'SELECT id FROM events ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('counts a file twice that is listed twice, as Athena does', async () => {
    const lake = new HandMadeLake()
    await lake.parquet('data/a.parquet', 'SELECT 1::BIGINT AS id')
    lake.list(day(0), 'data/a.parquet', 'data/a.parquet')
    expect(await rowsOf(lake, 'SELECT id FROM events')).toEqual([{ id: 1 }, { id: 1 }])
  })

  test('is unreadable if a listed file is missing', async () => {
    const lake = new HandMadeLake()
    lake.list(day(0), 'data/lost.parquet')
    await expect(Lake.open(lake.dataDir)).rejects.toThrow(
      `the list of events, dt=${day(0)} names s3://lakebucket/data/lost.parquet, which is not there`,
    )
  })
})

describe('a view', () => {
  const view = (definition: object) => ({
    DatabaseName: { Ref: 'Database' },
    TableInput: {
      Name: 'named',
      TableType: 'VIRTUAL_VIEW',
      ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`,
    },
  })

  test("has the template's query, over the tables of its database", async () => {
    const lake = new HandMadeLake(view({ originalSql: 'SELECT id, dt FROM "events" WHERE name IS NOT NULL' }))
    await lake.parquet('data/a.parquet', "SELECT unnest([1, 2])::BIGINT AS id, unnest(['x', NULL]) AS name")
    lake.list(day(0), 'data/a.parquet')
    expect(await rowsOf(lake, 'SELECT * FROM named')).toEqual([{ id: 1, dt: day(0) }])
    expect(await rowsOf(lake, 'SELECT count(*) AS n FROM audit.named')).toEqual([{ n: 1 }])
    const opened = await Lake.open(lake.dataDir)
    expect(opened.tables).toEqual(['events', 'named'])
    opened.close()
  })

  test('without a query is an error that names it', async () => {
    const lake = new HandMadeLake(view({ sql: 'SELECT 1' }))
    await expect(Lake.open(lake.dataDir)).rejects.toThrow(/^View\.TableInput .*: ViewOriginalText should be/)
  })
})

test('values are written as JSON', async () => {
  const sql = `SELECT 9007199254740991::BIGINT AS safe, 9007199254740993::BIGINT AS big, sum(x) AS total, 1.5::DECIMAL(4, 2) AS decimal,
    'nan'::DOUBLE AS nan, DATE '2026-11-20' AS date, TIMESTAMP '2026-11-20 08:15:30.123456' AS time, TIMESTAMP 'infinity' AS never,
    [TIMESTAMP '1969-12-31 23:59:59.5'] AS times, MAP {'a': 1} AS map, NULL AS nothing, true AS yes FROM (SELECT unnest([1, 2]) AS x)`
  expect(await rowsOf(new HandMadeLake(), sql)).toEqual([
    {
      safe: 9007199254740991,
      big: '9007199254740993',
      total: 3,
      decimal: 1.5,
      nan: 'NaN',
      date: '2026-11-20',
      time: '2026-11-20T08:15:30.123Z',
      never: 'infinity',
      times: ['1969-12-31T23:59:59.500Z'],
      map: { a: 1 },
      nothing: null,
      yes: true,
    },
  ])
})

test('a table for people is aligned and keeps control sequences from the terminal', async () => {
  const lake = await Lake.open(new HandMadeLake().dataDir)
  const result = await lake.query(
    `SELECT * FROM (VALUES ('länger', 1, {'a': 1}), (E'\\x1b[31m\\nred', 1000, NULL), (repeat('x', 100), NULL, NULL)) AS t(text, number, struct)`,
  )
  lake.close()
  expect([...resultLines(result)].join('\n')).toBe(
    [
      `text${' '.repeat(76)}  number  struct`,
      `${'-'.repeat(80)}  ------  -------`,
      `länger${' '.repeat(74)}       1  {"a":1}`,
      `\\u001b[31m\\nred${' '.repeat(65)}    1000  NULL`,
      `${'x'.repeat(79)}…    NULL  NULL`,
      '(3 rows)',
    ].join('\n'),
  )
})

test('a folder without a run is an error that says how to start one', async () => {
  await expect(Lake.open('/nowhere')).rejects.toThrow(/^There is no lake in \/nowhere yet\. Make one with "npm start"/)
})

test.each([
  ['string', 'VARCHAR'],
  ['array<struct<a:int,b:array<double>>>', 'STRUCT("a" INTEGER, "b" DOUBLE[])[]'],
  ['struct<od"d name:boolean, x:timestamp>', 'STRUCT("od""dname" BOOLEAN, "x" TIMESTAMP)'],
])('the Glue type %s is %s', (type, expected) => {
  expect(duckDbType(type)).toBe(expected)
})

test.each(['', 'text', 'array<int', 'array<int>>', 'struct<a>', 'map<string,int>'])(
  'the Glue type "%s" is an error',
  (type) => {
    expect(() => duckDbType(type)).toThrow(/^the column type ".*" cannot be read from character \d+ on$/)
  },
)

describe('a query', () => {
  const refused = async (sql: string): Promise<string> => {
    const lake = await Lake.open(new HandMadeLake().dataDir)
    try {
      await lake.query(sql)
      return ''
    } catch (error) {
      return error instanceof QueryError ? error.message : `no QueryError: ${error}`
    } finally {
      lake.close()
    }
  }

  test.each([
    'CREATE TABLE x AS SELECT 1',
    'DROP VIEW events',
    'INSERT INTO events SELECT * FROM events',
    "COPY events TO '/tmp/events.csv'",
    "ATTACH '/tmp/other.db'",
    'SET lock_configuration = false',
    'INSTALL httpfs',
    "EXPORT DATABASE '/tmp/lake'",
    'CALL pragma_version()',
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x.parquet'",
    'EXPLAIN (ANALYZE) DROP VIEW events',
    'explain /* */ analyze create view x as select 1',
  ])('changes nothing: %s', async (sql) => {
    expect(await refused(sql)).not.toBe('')
  })

  test('cannot write over a file of the lake', async () => {
    const lake = new HandMadeLake()
    await lake.parquet('data/a.parquet', 'SELECT 1::BIGINT AS id')
    lake.list(day(0), 'data/a.parquet')
    const file = path.join(lake.dataDir, 's3/lakebucket/data/a.parquet')
    const before = readFileSync(file)
    const opened = await Lake.open(lake.dataDir)
    const copy = `copy (select 2::bigint as id) to '${file}' (format parquet, use_tmp_file false)`
    for (const sql of [copy, `explain analyze ${copy}`, `explain ${copy}`, `explain (analyze, format json) ${copy}`]) {
      await opened.query(sql).catch(() => undefined)
    }
    opened.close()
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test.each([
    "SELECT content FROM read_text('/etc/hostname')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd.csv'",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
  ])('reads no file but those of the lake: %s', async (sql) => {
    expect(await refused(sql)).toMatch(/disabled by configuration|not find|httpfs/)
  })

  test.each([
    ['SELECT 1; SELECT 2', 'These are 2 statements; write one at a time, as in Athena.'],
    ['DROP VIEW events', 'Nothing can be changed here: write SELECT, SHOW, DESCRIBE or EXPLAIN without ANALYZE.'],
    ['SELECT * FROM event', 'There is no table event; did you mean events?\nTables: events'],
    ['SELECT * FROM whatever', 'There is no table whatever.\nTables: events'],
    [
      'SELECT scor FROM events',
      'There is no column "scor" in events; did you mean score?\nIts columns: npm run query -- "describe events"',
    ],
    [
      'SELECT e.scor FROM events e',
      'There is no column "scor" in events; did you mean score?\nIts columns: npm run query -- "describe events"',
    ],
    [
      'SELECT cidr_inside(1)',
      expect.stringMatching(
        /cidr_inside does not exist!\nIt may be one of Athena's that the local run does not know\.$/,
      ),
    ],
  ])('%s is refused in words', async (sql, message) => {
    expect(await refused(sql)).toEqual(message)
  })

  test.each([
    'SHOW TABLES',
    'DESCRIBE events',
    'EXPLAIN SELECT 1',
    'WITH a AS (SELECT 1) SELECT * FROM a;',
    'VALUES (1)',
  ])('%s runs', async (sql) => {
    expect(await refused(sql)).toBe('')
  })
})

describe('a result for people', () => {
  const lines = async (sql: string, width?: number) => {
    const lake = await Lake.open(new HandMadeLake().dataDir)
    try {
      return [...resultLines(await lake.query(sql), width)]
    } finally {
      lake.close()
    }
  }

  test('leaves out columns that are null in every row, and counts them', async () => {
    expect(await lines("SELECT 1 AS a, NULL AS b, 'x' AS c, NULL AS d")).toEqual([
      'a  c',
      '-  -',
      '1  x',
      '(1 row; 2 columns are null in every row)',
    ])
    expect(await lines('SELECT 1 AS a, NULL AS b WHERE false')).toEqual(['a  b', '-  -', '(0 rows)'])
  })

  test('has its columns one below the other when it is wider than the screen, without nulls', async () => {
    const sql = `SELECT * FROM (VALUES ('one', repeat('x', 50), NULL), ('two', NULL, 2)) AS t(name, long_name, n)`
    expect(await lines(sql, 40)).toEqual([
      '-- row 1 --------------------',
      'name       one',
      `long_name  ${'x'.repeat(28)}…`,
      '-- row 2 --------------------',
      'name       two',
      'n          2',
      '(2 rows)',
    ])
    for (const width of [20, 40, 80]) {
      for (const line of await lines(sql, width)) expect(line.length).toBeLessThanOrEqual(Math.max(width, 29))
    }
    expect((await lines(sql, 200))[0]).toMatch(/^name +long_name/)
  })

  test('shows the text NULL, which is none', async () => {
    expect(
      await lines(
        "SELECT 'NULL' AS actor, NULL AS nothing, repeat('x', 60) AS long, 1 AS n UNION ALL SELECT 'a', 'b', 'c', 2",
        40,
      ),
    ).toContain('actor    NULL')
  })

  test('shows of a text of nine megabytes what fits', async () => {
    const shown = await lines("SELECT repeat('x', 9000000) AS huge, 1 AS n", 80)
    expect(shown.join('').length).toBeLessThan(500)
  })
})

test('comma-separated values keep commas, quotes and line breaks apart, and no text is a formula', async () => {
  const lake = await Lake.open(new HandMadeLake().dataDir)
  const result = await lake.query(
    `SELECT 'a,b' AS "x,y", 'say "hi"' AS q, E'two\\nlines' AS l, NULL AS n, -1 AS m, '=1+1' AS f, [1,2] AS s`,
  )
  lake.close()
  expect([...csvLines(result)]).toEqual(['"x,y",q,l,n,m,f,s', `"a,b","say ""hi""",two\\nlines,,-1,'=1+1,"[1,2]"`])
})
