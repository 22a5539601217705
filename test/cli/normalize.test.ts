import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, parseJson } from '../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { logSchemas } from '../../schemas/generated/index.ts'
import { arbitraryEvent } from '../support/arbitrary-events.ts'
import { describeParquet, readParquet } from '../support/duckdb.ts'
import { hiddenCharacters } from '../support/hostile-text.ts'
import { asRead } from '../support/parquet-file.ts'

const script = join(import.meta.dirname, '..', '..', 'cli', 'normalize.ts')
const receivedAt = '2026-01-31T12:00:00.000Z'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlake-normalize-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function normalize(input: string | Uint8Array, ...args: string[]) {
  const child = spawn(process.execPath, [script, '--received-at', receivedAt, ...args])
  // A command that stops early closes its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, rows: stdout.split('\n').filter(Boolean), stderr: stderr.split('\n').filter(Boolean) }
}

describe.each(logSchemas)('$logType', (schema) => {
  const events = fc.sample(arbitraryEvent(schema), { numRuns: 997, seed: 3 })
  const broken = ['{"cut":', '["a list"]', 'no JSON']
  const lines = [
    ...events.slice(0, 10),
    broken[0],
    ...events.slice(10, 500),
    broken[1],
    ...events.slice(500),
    broken[2],
  ]
  const input = lines.join('\n')
  const rows = events.map((event) => {
    const parsed = parseJson(event)
    const context = { sourceId: 'normalize', sourceLabel: 'normalize', receivedAt: Date.parse(receivedAt) }
    return compileNormalizer(schema).normalize(isObject(parsed) ? parsed : {}, context)
  })
  const reasons = [/^line 11: .*\(not_json\)$/, /^line 502: .*\(not_object\)$/, /^line 1000: .*\(not_json\)$/]

  test('of 1,000 lines with three broken ones, 997 become rows in input order', async () => {
    const result = await normalize(input, '--log-type', schema.logType, '--prove')
    expect(result.rows.map((row) => JSON.parse(row))).toEqual(rows.map((row) => JSON.parse(JSON.stringify(row))))
    expect(result.rows.filter((row) => hiddenCharacters.test(row))).toHaveLength(0)
    expect(result.stderr).toEqual(reasons.map((reason) => expect.stringMatching(reason)))
    expect(result.code).toBe(0)
  })

  test('as a Parquet file the rows are the same; --strict fails on broken lines', async () => {
    const file = join(folder, `${schema.table}.parquet`)
    const result = await normalize(input, '--log-type', schema.logType, '--parquet', file, '--strict')
    expect(await readParquet(file)).toEqual(asRead(schema, rows))
    expect(result).toMatchObject({ rows: [], code: 1 })
    expect(result.stderr).toHaveLength(3)
  })
})

describe('input', () => {
  const take = (input: string | Uint8Array) => normalize(input, '--log-type', 'Hex.Audit')

  test('a byte order mark, CRLF, blank lines and a missing last line end are accepted', async () => {
    const { rows, stderr } = await take('\ufeff{"source":"a"}\r\n\r\n  \n{"source":"b"}')
    expect(rows).toHaveLength(2)
    expect(stderr).toEqual([])
  })

  test.each<[string, string | Uint8Array, RegExp]>([
    ['a line of 9 MB', `{"source":"${'x'.repeat(9_000_000)}"}`, /^line 2: longer than 8000000 bytes; .*\(too_large\)$/],
    [
      'a line that nests 101 deep',
      `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`,
      /^line 2: .*100 levels; .*\(too_deep\)$/,
    ],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /^line 2: not valid UTF-8; .*\(invalid_utf8\)$/],
    ['a text', '"a"', /^line 2: JSON, but a text and not an object; .*\(not_object\)$/],
  ])('%s does not affect its neighbours', async (_what, line, message) => {
    const { rows, stderr, code } = await take(
      Buffer.concat([Buffer.from('{}\n'), Buffer.from(line), Buffer.from('\n{}\n')]),
    )
    expect(rows).toHaveLength(2)
    expect(stderr).toEqual([expect.stringMatching(message)])
    expect(code).toBe(0)
  })

  test('empty input makes a Parquet file with columns and without rows', async () => {
    const file = join(folder, 'empty.parquet')
    expect(await normalize('', '--log-type', 'Hex.Audit', '--parquet', file)).toMatchObject({ code: 0 })
    expect((await stat(file)).size).toBeGreaterThan(0)
    expect(await readParquet(file)).toEqual([])
    expect(await describeParquet(file)).toMatchObject({ p_row_id: 'VARCHAR', event: expect.stringMatching(/^STRUCT/) })
  })
})

describe('--report', () => {
  const report = (lines: readonly string[], ...args: string[]) =>
    normalize(lines.join('\n'), '--log-type', 'GitHub.Audit', '--report', ...args)
  const lines = [
    '{"action":"a","actor_id":5,"new":{"secret":"value-1"},"reasons":[{"code":"c"},{"severity":1},{"severity":"value-2"}]}',
    '{"action":"b","new":"value-3","actor_location":{"planet":null},"active":"value-4"}',
    'not JSON',
    '{"action":"c","config":{},"repo":"acme/site","new\\u001b[2J":1}',
    '{"action":"d","repo":"5"}',
    '{"action":"e","repo":["acme/site"]}',
  ]

  test('lists the members that no column holds exactly, by number of events, and no value', async () => {
    const { rows, stderr, code } = await report(lines, '--prove')
    expect(rows).toEqual(
      [
        '4 of 5 events have members that no column holds exactly.',
        'events  member                 type            column ',
        '------  ---------------------  --------------  -------',
        '     2  new                    object or text  none',
        '     1  active                 text            boolean',
        '     1  actor_location.planet  null            none',
        '     1  config                 empty object    object',
        '     1  new\\u001b[2J           number          none',
        '     1  reasons[].severity     number or text  none',
        '     1  repo                   text            json',
      ].map((line) => line.trimEnd()),
    )
    expect(stderr).toEqual([expect.stringMatching(/^line 3: .*\(not_json\)$/)])
    expect(code).toBe(0)
  })

  test('--json prints a line for each member, and nothing when every member has its column', async () => {
    const { rows } = await report(lines.slice(0, 2), '--json')
    expect(rows.map((row) => JSON.parse(row))).toEqual([
      { member: 'new', events: 2, type: 'object or text', column: null },
      { member: 'active', events: 1, type: 'text', column: 'boolean' },
      { member: 'actor_location.planet', events: 1, type: 'null', column: null },
      { member: 'reasons[].severity', events: 1, type: 'number or text', column: null },
    ])
    expect(await report(['{"action":"a"}'], '--json')).toEqual({ code: 0, rows: [], stderr: [] })
  })

  test('endless names take bounded room', async () => {
    const hostile = Array.from({ length: 1_100 }, (_, at) => `{"n${at}${'x'.repeat(1_000)}":1}`)
    const { rows } = await report(hostile, '--json')
    expect(rows).toHaveLength(1_001)
    expect(JSON.parse(rows[0] ?? '')).toEqual({ member: '(other members)', events: 100, type: 'number', column: null })
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThan(200)
  })
})

test.each([
  [[], /^--log-type is missing; it is one of Anthropic\.Activity, .*Slack\.IntegrationLogs\.$/],
  [['--log-type', 'GitHub.Nothing'], /^--log-type GitHub\.Nothing is unknown; it is one of /],
  [['--log-type', 'Hex.Audit', '--received-at', 'soon'], /^--received-at soon is not a time; write 2026-/],
  [
    ['--log-type', 'Hex.Audit', '--parquet', '/nowhere/x.parquet'],
    /^--parquet \/nowhere\/x\.parquet cannot be written: /,
  ],
  [['--log-type', 'Hex.Audit', '--report', '--parquet', 'x.parquet'], /^--report lists members .* choose one\.$/],
  [['--log-type', 'Hex.Audit', '--json'], /^--json belongs to --report/],
  [['--log-type', 'Hex.Audit', '--typo'], /'--typo'\. --help lists the options\.$/],
])('%j is refused in one line', async (args, message) => {
  const { code, rows, stderr } = await normalize('{}\n', ...args)
  expect(code).toBe(1)
  expect(rows).toEqual([])
  expect(stderr).toEqual([expect.stringMatching(message)])
})
