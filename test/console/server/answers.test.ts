import { expect, test } from 'vitest'
import type {
  ConnectForm,
  EventRow,
  Events,
  Failures,
  Overview,
  Rates,
  Redrive,
  Runs,
  ShownSecret,
  SqlCatalog,
  SqlResult,
  Waited,
  WholeEvent,
} from '../../../console/api.ts'
import { RecordError } from '../../../lambdas/core/errors.ts'
import { compileResolutions } from '../../../lambdas/core/intake/failure.ts'
import { type Json, parseJson } from '../../../lambdas/core/json/json.ts'
import { newMergedKey } from '../../../lambdas/core/lake/merge/data-file.ts'
import { parquetOf } from '../../../lambdas/core/lake/parquet.ts'
import { dataPrefix, dayOf } from '../../../lambdas/core/lake/partition.ts'
import { renderEvent, sameEvent } from '../../../lambdas/core/normalize/render.ts'
import { classificationFailures } from '../../../schemas/generated/classification_failures.ts'
import { githubWebhook } from '../../../schemas/generated/github_webhook.ts'
import { tableSchemas } from '../../../schemas/generated/index.ts'
import { tableColumns } from '../../../schemas/table-columns.ts'
import { consoleOver } from '../../support/console-world.ts'
import { goldenLake, goldenRows } from '../../support/golden-lake.ts'
import { collectionRow, failureRow, webhookRow } from '../../support/planted-rows.ts'

const hourMs = 3_600_000
const golden = goldenRows()

test('an event is found across providers by an indicator, and by a part of a name', async () => {
  const { get } = await consoleOver(goldenLake())
  const idsOf = async (search: string) => {
    const { rows } = await get<Events>(`/api/events?limit=500&search=${encodeURIComponent(search)}`)
    return new Set(rows.map(({ id }) => id))
  }
  const holding = (indicator: string): Set<unknown> =>
    new Set(
      golden.flatMap(({ row }) => {
        const lists = Object.entries(row).filter(([column]) => column.startsWith('p_any_'))
        return lists.some(([, list]) => Array.isArray(list) && list.includes(indicator)) ? [row.p_row_id] : []
      }),
    )
  for (const indicator of ['ada@example.com', 'zoë@example.com']) {
    const expected = holding(indicator)
    expect(expected.size).toBeGreaterThan(1)
    expect([indicator, (await idsOf(indicator)).isSupersetOf(expected)]).toEqual([indicator, true])
  }
  const { rows } = await get<Events>('/api/events?limit=500&search=ADA@example.com')
  expect(new Set(rows.map(({ product }) => product)).size).toBeGreaterThan(2)
  // A part of a name finds; a part of an address is no indicator.
  const byPart = await idsOf('ada@exam')
  expect(byPart.size).toBeGreaterThan(0)
  expect(byPart.isSubsetOf(new Set(rows.map(({ id }) => id)))).toBe(true)
  for (const nothing of ['%', '\\']) {
    expect([nothing, (await idsOf(nothing)).size < golden.length]).toEqual([nothing, true])
  }
  expect(await idsOf("x' OR '1'='1")).toEqual(new Set())
})

test('the newest rows come first, page by page, each once, with what the page shows', async () => {
  const { get } = await consoleOver(goldenLake())
  const all: EventRow[] = []
  let next = ''
  do {
    const page: Events = await get(`/api/events?limit=100&before=${encodeURIComponent(next)}`)
    all.push(...page.rows)
    next = page.next ?? ''
    expect(page.rows.length).toBeLessThanOrEqual(100)
  } while (next !== '')
  const keys = all.map(({ table, id }) => `${table} ${id}`)
  // Rows that came twice may stand on two pages.
  expect(new Set(keys)).toEqual(
    new Set(
      golden.flatMap(({ row }) => {
        const schema = tableSchemas.find(({ logType }) => logType === row.p_log_type)
        return schema ? [`${schema.table} ${row.p_row_id}`] : []
      }),
    ),
  )
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => b - a))
  const [one] = all.filter(({ table }) => table === 'slack_auditlogs')
  expect(one).toMatchObject({ product: 'Slack', source: 'slack-audit-logs', dt: dayOf(Date.now()) })
  const ofSource = await get<Events>('/api/events?limit=500&source=slack-audit-logs')
  expect(new Set(ofSource.rows.map(({ source }) => source))).toEqual(new Set(['slack-audit-logs']))
  await expect(get('/api/events?before=x')).rejects.toThrow('400: "before" is not the "next" of a page.')
})

test('a row opens with its columns in order, and as the event came', async () => {
  const { get } = await consoleOver(goldenLake())
  const byStream = Map.groupBy(golden, ({ stream }) => stream)
  const chosen = [...byStream.values()].map((ofStream) => ofStream.at(-1))
  for (const one of chosen) {
    const row = one?.row ?? {}
    const schema = tableSchemas.find(({ logType }) => logType === row.p_log_type)
    if (!schema) throw new Error('no schema')
    const query = new URLSearchParams({ table: schema.table, dt: dayOf(Date.now()), id: String(row.p_row_id) })
    const { columns, nulls, event } = await get<WholeEvent>(`/api/event?${query}`)
    const names = columns.map(({ name }) => name)
    const order = tableColumns(schema).map(({ column }) => column)
    expect(names).toEqual(order.filter((name) => names.includes(name)))
    expect(names.length + nulls).toBe(order.length)
    const sameId = golden.filter(({ row: other }) => other.p_row_id === row.p_row_id)
    const shown = parseJson(event.text)
    const isIt = sameId.some(({ row: other }) => {
      const rendered: Json = renderEvent(schema, other)
      return sameEvent(schema, rendered as never, shown as never)
    })
    expect([one?.stream, one?.name, isIt]).toEqual([one?.stream, one?.name, true])
    expect(event.text).toMatch(/^\{(?:\n {2}"|\}$)/)
    expect(columns.find(({ name }) => name === 'p_row_id')).toEqual({
      name: 'p_row_id',
      type: 'string',
      value: { text: row.p_row_id, bytes: String(row.p_row_id).length, isCut: false },
    })
  }
  await expect(get('/api/event?table=github_audit&dt=2026-01-01&id=x')).rejects.toThrow('404: There is no such row')
  await expect(get('/api/event?table=secrets&dt=2026-01-01&id=x')).rejects.toThrow('404: There is no table')
  await expect(get(`/api/event?table=github_audit&dt=2026-01-01&id=${"x' OR '1'='1"}`)).rejects.toThrow('404')
})

test('numbers and times keep what they were', async () => {
  const event = parseJson(
    '{"action":"big","number":9007199254740993,"sender":{"id":12345678901234567890,"login":"ada"}}',
  )
  const row = webhookRow(event as never)
  const { get } = await consoleOver(goldenLake([row]))
  const query = new URLSearchParams({ table: 'github_webhook', dt: dayOf(Date.now()), id: String(row.p_row_id) })
  const { event: shown } = await get<WholeEvent>(`/api/event?${query}`)
  expect(shown.text).toContain('9007199254740993')
  expect(shown.text).toContain('12345678901234567890')
})

test('rates count rows by source, minute and hour of their receipt', async () => {
  const now = Date.now()
  const rows = [0, 0, 0, 3, 3, 23.9, 49].map((hours, number) =>
    webhookRow({ action: 'x', number }, now - hours * hourMs),
  )
  const { get } = await consoleOver(goldenLake(rows))
  const { tables } = await get<Rates>('/api/rates')
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  const hooks = tables.find(({ source }) => source === 'hooks')
  expect(hooks).toMatchObject({ table: 'github_webhook', hour: { stepMs: 60_000 }, day: { stepMs: hourMs } })
  expect(hooks?.hour.counts).toHaveLength(60)
  expect(hooks?.day.counts).toHaveLength(24)
  expect(sum(hooks?.hour.counts ?? [])).toBe(3)
  // The first hour shown is whole, so that of almost a day ago may lie before it.
  expect([5, 6]).toContain(sum(hooks?.day.counts ?? []))
  expect(hooks?.hour.from).toBeLessThanOrEqual(now - 59 * 60_000)
  expect(tables.filter(({ source }) => source === 'workspace')).toMatchObject([
    { stream: 'slack.access-logs', table: 'slack_accesslogs' },
    { stream: 'slack.integration-logs', table: 'slack_integrationlogs' },
  ])
  expect(hooks).not.toHaveProperty('stream')
})

test('failures, dead letters and redrives', async () => {
  const now = Date.now()
  const bytes = Buffer.concat([Buffer.from('{"a": "ä'), Buffer.from([0xff, 0x00, 0xe2, 0x82])])
  const odd = failureRow(bytes, now - 2 * hourMs, new RecordError('invalid_utf8', 'not valid UTF-8'))
  const ours = failureRow(Buffer.from('{"action":"x"}'), now - hourMs)
  const long = failureRow(Buffer.from('€'.repeat(50_000)), now - 3 * hourMs)
  const settled = failureRow(Buffer.from('{"action":"y"}'), now - hourMs)
  const about = { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt: now }
  const resolution = compileResolutions(classificationFailures)(
    String(settled.p_row_id),
    { logType: 'GitHub.Webhook', origin: 'webhook' },
    about,
  )
  const { get, post, ops } = await consoleOver(goldenLake([odd, ours, ours, long, settled, resolution]))
  const letter = {
    source: 'hooks',
    queue: 'records',
    reason: 'not_written',
    body: '{}',
    archivedAt: '2026-01-31T12:00:00.000Z',
  }
  ops.objects.set('dead/dt=2026-01-31/m1.json', Buffer.from(JSON.stringify(letter)))
  ops.objects.set('dead/dt=2026-01-31/m2.json', Buffer.from('no letter'))
  const found = await get<Failures>('/api/failures')
  expect(found.failures.map(({ id }) => id)).toEqual([ours, odd, long].map(({ p_row_id: id }) => id))
  expect(found.failures[0]).toMatchObject({
    source: 'hooks',
    logType: 'GitHub.Webhook',
    reason: 'internal',
    receivedAt: now - hourMs,
  })
  expect(found.failures[1]?.content).toEqual({
    text: '{"a": "ä\\xff\u0000\\xe2\\x82',
    bytes: bytes.length,
    isCut: false,
  })
  expect(found.failures[2]?.content).toEqual({ text: '€'.repeat(2_048), bytes: 150_000, isCut: true })
  expect(found.openFailures).toBe(3)
  const sums = found.history.map(({ reason, counts }) => [
    reason,
    counts.counts.length,
    counts.counts.reduce((a, b) => a + b),
  ])
  expect(sums).toEqual([
    ['internal', 168, 3],
    ['invalid_utf8', 168, 1],
  ])
  expect(found.deadLetterTotal).toBe(2)
  expect(found.deadLetters).toEqual([
    { key: 'dead/dt=2026-01-31/m2.json', archivedAt: 0, bytes: 9 },
    {
      key: 'dead/dt=2026-01-31/m1.json',
      archivedAt: Date.UTC(2026, 0, 31, 12),
      source: 'hooks',
      queue: 'records',
      reason: 'not_written',
      bytes: JSON.stringify(letter).length,
    },
  ])
  expect(found.redrives).toEqual([])

  const ordered = await post<Redrive>('/api/redrive', { kind: 'failures', reason: 'internal' })
  expect(ordered).toMatchObject({ isOpen: true, text: expect.stringMatching(/failures.*reason internal/) })
  expect(await post('/api/redrive', { kind: 'failures', reason: 'internal' })).toEqual(ordered)
  const other = await post<Redrive>('/api/redrive', { kind: 'dead-letters' })
  expect(other.id).not.toBe(ordered.id)
  expect((await get<Failures>('/api/failures')).redrives.map(({ id }) => id).sort()).toEqual(
    [ordered.id, other.id].sort(),
  )

  const overview = await get<Overview>('/api/overview')
  expect(overview.totals).toMatchObject({ openFailures: 3, deadLetters: 2 })
  expect(overview.sources.find(({ source }) => source === 'hooks')).toMatchObject({
    feed: 'webhook',
    canConnect: true,
    openFailures: 3,
    deadLetters: 1,
    standing: { word: 'not set up', needsPerson: true },
  })
  // The whole bytes of a failure open as those of any other row.
  const query = new URLSearchParams({
    table: 'classification_failures',
    dt: dayOf(Date.now()),
    id: String(long.p_row_id),
  })
  const { columns } = await get<WholeEvent>(`/api/event?${query}`)
  expect(columns.find(({ name }) => name === 'raw')?.value).toMatchObject({ bytes: 150_000, isCut: true })
})

test('runs stand in the lane of their stream, with what was not read, and merges in that of their table', async () => {
  const now = Math.floor(Date.now() / 1_000) * 1_000
  const at = (minutes: number) => now - minutes * 60_000
  const rows = [
    collectionRow({ startedAt: at(50), endedAt: at(49), window: { from: at(60), to: at(50) } }),
    collectionRow({
      startedAt: at(40),
      endedAt: at(39),
      outcome: 'transient',
      detail: 'HTTP 502',
      window: { from: at(50), to: at(40) },
    }),
    collectionRow({ startedAt: at(30), endedAt: at(29), window: { from: at(40), to: at(30) } }),
    collectionRow({ kind: 'sweep', startedAt: at(20), endedAt: at(19), window: { from: at(62), to: at(55) } }),
    collectionRow({
      kind: 'backfill',
      startedAt: at(15),
      endedAt: at(14),
      window: { from: at(90_000), to: at(80_000) },
    }),
    collectionRow({ kind: 'listing', startedAt: at(12), endedAt: at(10), window: { from: at(12), to: at(10) } }),
    collectionRow({ kind: 'idle', startedAt: at(3_000), endedAt: at(2_950) }),
  ]
  const lake = goldenLake([...rows, ...rows])
  const dt = dayOf(now)
  const partition = { table: 'github_webhook', dt }
  const key = newMergedKey(dataPrefix(partition), 123)
  lake.add(
    'github_webhook',
    key.slice(dataPrefix(partition).length),
    parquetOf(githubWebhook, [webhookRow({ action: 'x' })]),
  )
  const { get } = await consoleOver(lake)
  const { from, to, lanes } = await get<Runs>('/api/runs?hours=24')
  expect(to - from).toBe(24 * hourMs)
  const lane = lanes.find(({ stream }) => stream === 'github.audit')
  expect(lane?.source).toBe('gh')
  expect(lane?.runs.map(({ kind, startedAt, outcome }) => [kind, startedAt, outcome])).toEqual([
    ['run', at(50), 'done'],
    ['run', at(40), 'transient'],
    ['run', at(30), 'done'],
    ['sweep', at(20), 'done'],
    ['backfill', at(15), 'done'],
    ['listing', at(12), 'done'],
  ])
  expect(lane?.runs.at(-1)).not.toHaveProperty('window')
  expect(lane?.runs[1]).toEqual({
    kind: 'run',
    startedAt: at(40),
    endedAt: at(39),
    outcome: 'transient',
    detail: 'HTTP 502',
    window: { from: at(50), to: at(40) },
    fetched: 7,
    published: 5,
  })
  expect(lane?.gaps).toEqual([{ from: at(50), to: at(40) }])
  expect(lanes.filter(({ source }) => source === 'merges')).toMatchObject([
    { stream: 'github_webhook', runs: [{ kind: 'merge', outcome: 'done' }], gaps: [] },
  ])
  expect(
    (await get<Runs>('/api/runs?hours=168')).lanes.find(({ stream }) => stream === 'github.audit')?.runs,
  ).toHaveLength(7)
})

test('SQL: what can be asked, results up to a limit, saved queries, and faults in words', async () => {
  const { get, post } = await consoleOver(goldenLake())
  const { tables, saved } = await get<SqlCatalog>('/api/sql')
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['all_events', 'open_failures', 'github_webhook', 'collection_runs']),
  )
  for (const { description, columns } of tables) {
    expect(description).toMatch(/\w/)
    for (const { name, type } of columns)
      expect([name, type]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)])
  }
  expect(saved).toHaveLength(20)
  const sql = (text: string) => post<SqlResult>('/api/sql', { sql: text })
  expect(
    await sql('select 1 as a, 1 as a, [1, 2] as l, 9007199254740993 as big, null as n, true as t; -- done'),
  ).toMatchObject({
    columns: ['a', 'a', 'l', 'big', 'n', 't'],
    rows: [[1, 1, '[1,2]', '9007199254740993', null, true]],
    total: 1,
  })
  expect((await sql('describe github_audit')).rows.length).toBeGreaterThan(10)
  expect((await sql('show tables')).rows).toContainEqual(['all_events'])
  expect((await sql('explain select 1')).rows.length).toBeGreaterThan(0)
  const many = await sql('select i from range(100000) as r(i) order by i desc')
  expect([many.rows.length, many.rows[0], many.total]).toEqual([10_000, [99_999], 100_000])
  const found = await post<SqlResult>('/api/sql', { saved: 'one-person', set: { who: 'ada@example.com', days: '90' } })
  expect(found.statement).toContain("'ada@example.com'")
  expect((await post<SqlResult>('/api/sql', { sql: found.statement ?? '' })).rows).toEqual(found.rows)
  expect(found.columns).toContain('metadata_uid')
  expect(found.rows.length).toBeGreaterThan(0)
  await expect(post('/api/sql', { saved: 'one-person', set: { days: 'x' } })).rejects.toThrow(
    '400: days must be a whole number',
  )
  await expect(sql('select * from github_audits')).rejects.toThrow(
    '400: There is no table github_audits; did you mean github_audit?',
  )
  await expect(sql('select 1; select 2')).rejects.toThrow('400: These are 2 statements')
  for (const text of ['create table x (a int)', 'explain analyze select 1', 'set threads = 1', "attach '/tmp/x.db'"]) {
    await expect(sql(text)).rejects.toThrow('400: Nothing can be changed here')
  }
  for (const text of [
    "select * from read_text('/etc/passwd')",
    "select * from '/etc/passwd'",
    "copy (select 1) to '/tmp/x.csv'",
    "select * from read_csv('https://site.example/x')",
  ]) {
    await expect(sql(text)).rejects.toThrow(/^400: /)
  }
})

test('connect: the form of the provider, its secret on request, and the wait for the first row', async () => {
  const row = webhookRow({ action: 'x' })
  const { get, post } = await consoleOver(goldenLake([row]))
  const form = await get<ConnectForm>('/api/connect/hooks')
  expect(form).toMatchObject({
    source: 'hooks',
    label: 'Hooks',
    type: 'github-webhook',
    hasSecret: true,
    credentials: [],
  })
  expect(form.forms[0]?.fields).toEqual(
    expect.arrayContaining([
      { field: 'Payload URL', value: 'https://hooks.example/github/hooks' },
      { field: 'Secret', value: '(shown on request)' },
    ]),
  )
  expect(form.hints).toEqual([expect.stringContaining('this machine only')])
  expect(JSON.stringify(form)).not.toContain('the secret of hooks')
  expect(await post<ShownSecret>('/api/connect/hooks/secret', {})).toEqual({ secret: 'the secret of hooks' })
  await expect(post('/api/connect/notebooks/secret', {})).rejects.toThrow('500: The secret cannot be read: it is empty')
  await expect(get('/api/connect/nobody')).rejects.toThrow('404: No source has this id.')
  await expect(get('/api/connect/gh')).rejects.toThrow('503: The function of gh has not run yet')
  const waited = await get<Waited>(`/api/connect/hooks/wait?since=${Date.now()}`)
  expect(waited).toEqual({
    text: 'The first event of hooks is a row of github_webhook',
    found: { table: 'github_webhook', eventAt: expect.any(Number), receivedAt: expect.any(Number) },
  })
  expect(await get<Waited>(`/api/connect/notebooks/wait?since=${Date.now() - 90_000}`)).toEqual({
    text: expect.stringMatching(/^Waiting for the first event of notebooks: 1m 3\ds$/),
  })
})
