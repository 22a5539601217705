import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { QueryFailed } from '../../../cli/athena/query.ts'
import { verifyAthena } from '../../../cli/verify/athena.ts'
import type { AthenaFinding, VerifiableLake } from '../../../cli/verify/athena-finding.ts'
import { athenaJson, athenaText } from '../../../cli/verify/athena-render.ts'
import { StoreError } from '../../../lambdas/core/errors.ts'
import { listKey } from '../../../lambdas/core/lake/partition.ts'
import { logSchemas, tableSchemas } from '../../../schemas/generated/index.ts'
import { sourceTypes } from '../../../settings/source-types.ts'
import { hostile } from '../../support/hostile-text.ts'
import { memoryReader } from '../../support/memory-reader.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const noon = Date.UTC(2026, 0, 31, 12)

/** A deployment whose lake is in memory. @param answer of each query: the count, or why there is none */
function deployment(answer: (sql: string) => unknown = () => 0, sources: VerifiableLake['facts']['sources'] = {}) {
  const lake = memoryStore()
  const ops = memoryStore()
  const asked: string[] = []
  /** Keys of the lists while each query ran. */
  const listed: string[][] = []
  const removals = { fail: false }
  const installation: VerifiableLake = {
    facts: {
      region: 'us-east-1',
      buckets: { lake: 'lake', ops: 'ops' },
      queues: { records: '', recordsBulk: '', deadLetters: '' },
      database: 'auditlake',
      workgroup: 'AuditLake',
      sources,
    },
    ops: ops.store,
    lake: { lists: lake.store, files: memoryReader(lake.objects).reader, bucket: 'lake' },
    now: () => noon,
    async deleteUnchanged(key, etag) {
      if (removals.fail) throw new Error('AccessDenied')
      const body = lake.objects.get(key)
      if (body && createHash('md5').update(body).digest('hex') === etag) lake.objects.delete(key)
    },
    async query(sql) {
      asked.push(sql)
      listed.push([...lake.objects.keys()])
      const found = await answer(sql)
      if (found instanceof Error) throw found
      async function* rows() {
        yield [String(found), null]
      }
      return { columns: [], rows: rows(), scannedBytes: 0 }
    },
  }
  const verify = async (signal = new AbortController().signal): Promise<AthenaFinding[]> => {
    const findings: AthenaFinding[] = []
    for await (const finding of verifyAthena(installation, signal)) findings.push(finding)
    return findings
  }
  const retention = (days: number) => ops.objects.set('retention.json', Buffer.from(JSON.stringify({ days, since: 0 })))
  return { installation, lake, ops, asked, listed, removals, verify, retention }
}

const [anySchema = { table: '' }] = logSchemas
const finding = (all: readonly AthenaFinding[], check: AthenaFinding['check']) => all.find((one) => one.check === check)
const dayIn = (sql = '') => / dt = '(.+)'$/.exec(sql)?.[1]

test('a local run, which has no Athena, is not asked', async () => {
  const { installation } = deployment()
  const findings: AthenaFinding[] = []
  for await (const one of verifyAthena({ ...installation, query: undefined }, AbortSignal.abort())) findings.push(one)
  expect(findings).toEqual([])
})

describe('the first row of a day', () => {
  test('proves that the writer is told of a missing list', async () => {
    const { verify, lake } = deployment()
    lake.objects.set(listKey({ table: anySchema.table, dt: '2026-01-30' }), Buffer.from('s3://lake/data/x\n'))
    expect(finding(await verify(), 'first-row')).toMatchObject({
      ok: true,
      says: expect.stringContaining('2026-01-30'),
    })
  })

  test('leaves it open before there is one, and one of last week proves nothing', async () => {
    const { verify, lake } = deployment()
    lake.objects.set(listKey({ table: anySchema.table, dt: '2026-01-24' }), Buffer.from('s3://lake/data/x\n'))
    const found = await verify()
    expect(finding(found, 'first-row')).toMatchObject({ ok: null, remedy: expect.stringContaining('first event') })
    expect(found).toHaveLength(tableSchemas.length + 5)
  })
})

describe('the empty list', () => {
  test.each([
    ['the oldest day but one', 90, [], '2025-11-03'],
    ['the oldest without a list', 90, ['2025-11-03', '2025-11-04'], '2025-11-05'],
    ['tomorrow, after a retention of a day', 1, [], '2026-02-01'],
    ['tomorrow, before the retention is known', undefined, [], '2026-02-01'],
  ])('is put for %s', async (_, days, lists, expected) => {
    const { verify, lake, listed, asked, retention } = deployment()
    if (days !== undefined) retention(days)
    for (const dt of lists) lake.objects.set(listKey({ table: anySchema.table, dt }), Buffer.from('s3://lake/data/x\n'))
    const before = new Map(lake.objects)
    expect(finding(await verify(), 'empty-list')).toMatchObject({ ok: true, subject: anySchema.table })
    expect(dayIn(asked.at(-1))).toBe(expected)
    expect(listed.at(-1)).toContain(listKey({ table: anySchema.table, dt: expected }))
    expect(lake.objects).toEqual(before)
  })

  test('is put into the table of runs when each other one has a source', async () => {
    const sources = Object.fromEntries([...sourceTypes.keys()].map((type) => [type, { type, label: type }]))
    const { verify } = deployment(undefined, sources)
    expect(finding(await verify(), 'empty-list')).toMatchObject({ subject: 'collection_runs' })
  })

  test('is removed when the query cannot be asked, or the command is left', async () => {
    const leaving = new AbortController()
    for (const end of [() => new TypeError('socket hang up'), () => leaving.abort()]) {
      const { verify, lake, retention } = deployment((sql) => (dayIn(sql) === '2025-11-03' ? end() : 0))
      retention(90)
      await verify(leaving.signal).catch(() => {})
      expect([...lake.objects.keys()]).toEqual([])
    }
  })

  test('that cannot be removed is named, with the command that removes it', async () => {
    const { verify, removals, retention } = deployment()
    retention(90)
    removals.fail = true
    const key = listKey({ table: anySchema.table, dt: '2025-11-03' })
    expect(finding(await verify(), 'empty-list')).toMatchObject({
      ok: false,
      says: 'the empty list could not be removed: AccessDenied',
      remedy: `Remove it: aws s3api delete-object --bucket lake --key ${key}`,
    })
  })

  test('that may not be put is a finding of its own', async () => {
    const { installation, verify } = deployment()
    installation.lake.lists.putIf = async () => {
      throw new StoreError('s3://lake/tables: AccessDenied', { cause: new Error('AccessDenied: no') })
    }
    expect(finding(await verify(), 'empty-list')).toMatchObject({
      ok: false,
      says: 'AccessDenied: no',
      remedy: expect.stringContaining('the rights that --help names'),
    })
  })
})

test('what is not the fault of a query ends the checks, with one finding', async () => {
  let queries = 0
  const { verify } = deployment(() => (++queries < 3 ? 0 : new TypeError('getaddrinfo ENOTFOUND')))
  const found = await verify()
  expect(found.filter(({ ok }) => ok === false)).toEqual([
    {
      check: 'workgroup',
      subject: 'AuditLake',
      ok: false,
      says: 'getaddrinfo ENOTFOUND (TypeError)',
      remedy: expect.stringContaining('region and network'),
    },
  ])
})

test('a busy Athena is to be asked again', async () => {
  const { verify } = deployment(() => new QueryFailed('no result after 180 seconds.'))
  for (const { ok, remedy } of (await verify()).slice(1)) {
    expect({ ok, remedy }).toEqual({ ok: false, remedy: 'Athena is busy: run this again later.' })
  }
})

test('the text shows what is open, and on one line what can be of any length', () => {
  const open = { check: 'first-row', subject: 'writer', ok: null, says: hostile, remedy: 'Wait.' } as const
  const lines = [...athenaText(open)]
  expect(lines[0]).toBe('Athena, first row of a day (writer): not settled yet')
  expect(lines).toHaveLength(3)
  expect(JSON.parse(athenaJson(open))).toEqual({ ...open, asked: null })
})
