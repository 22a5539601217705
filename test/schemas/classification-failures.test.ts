import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { classificationFailures as schema } from '../../schemas/generated/classification_failures.ts'
import { logSchemas, tableSchemas } from '../../schemas/generated/index.ts'
import { LakeOfSchemas } from '../support/lake-of-schemas.ts'

const { normalize } = compileNormalizer(schema)

const failure: JsonObject = {
  reason: 'not_json',
  detail: 'ends in the middle of a text',
  log_type: 'Acme.Audit',
  origin: 'webhook',
  raw: '{"a',
  raw_encoding: 'utf8',
  raw_bytes: 3,
}

function rowOf(changes: JsonObject, { source = 's', receivedAt = Date.UTC(2026, 0, 31) } = {}): Row {
  return normalize({ ...failure, ...changes }, { sourceId: source, sourceLabel: 'S', receivedAt })
}

const idOf = (...row: Parameters<typeof rowOf>) => String(rowOf(...row).p_row_id)

describe('a failure', () => {
  test('is the same at every repetition, whatever its detail says', () => {
    expect(idOf({ reason: 'internal', detail: 'other words' }, { receivedAt: 0 })).toBe(idOf({}))
    expect(idOf({ position: 3, detail: 'other words' })).toBe(idOf({ position: 3 }))
  })

  test.each<[string, JsonObject, { source?: string }]>([
    ['other bytes', { raw: '{"b' }, {}],
    ['bytes that only look the same in base64', { raw_encoding: 'base64' }, {}],
    ['another source', {}, { source: 'other' }],
    ['another way to us', { origin: 's3://bucket/key' }, {}],
    ['another place in what came', { position: 2 }, {}],
    ['other attributes beside the bytes', { attributes: { p_webhook_delivery: 'a' } }, {}],
  ])('is a different one for %s', (_, changes, context) => {
    expect(idOf(changes, context)).not.toBe(idOf({}))
    expect(idOf({ ...changes, position: 9 }, context)).not.toBe(idOf({ position: 8 }))
  })

  test('is another one for each delivery of the same bytes', () => {
    const by = (delivery: string) => idOf({ attributes: { p_webhook_delivery: delivery } })
    expect(by('a')).toBe(by('a'))
    expect(by('a')).not.toBe(by('b'))
  })

  test('without bytes still depends on its source', () => {
    expect(idOf({ raw: '' })).toBe(idOf({ raw: '' }))
    expect(idOf({ raw: '' })).not.toBe(idOf({ raw: '' }, { source: 'other' }))
  })

  test('is resolved by a row of another id, which is the same at every repetition', () => {
    const resolves = idOf({})
    expect(idOf({ resolves })).not.toBe(resolves)
    expect(idOf({ resolves, detail: 'again' }, { receivedAt: 0 })).toBe(idOf({ resolves }))
  })
})

test('open_failures shows the failures that no later row resolves', async () => {
  const lake = new LakeOfSchemas([schema])
  expect(await lake.rows('SELECT * FROM open_failures')).toEqual([])

  const settled = rowOf({ position: 1 })
  const open = rowOf({ position: 2 })
  lake.add(schema.table, 'first.parquet', parquetOf(schema, [settled, open]), 40)
  expect(await lake.rows('SELECT p_row_id FROM open_failures ORDER BY position')).toEqual([
    { p_row_id: settled.p_row_id },
    { p_row_id: open.p_row_id },
  ])

  lake.add(schema.table, 'second.parquet', parquetOf(schema, [rowOf({ resolves: String(settled.p_row_id) })]))
  const dt = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10)
  expect(await lake.rows('SELECT * FROM open_failures')).toEqual([
    {
      p_row_id: open.p_row_id,
      p_event_time: '2026-01-31T00:00:00.000Z',
      p_parse_time: '2026-01-31T00:00:00.000Z',
      p_source_id: 's',
      p_source_label: 'S',
      ...failure,
      position: 2,
      attributes: null,
      dt,
    },
  ])
  expect((await lake.rows('SHOW TABLES')).map(({ name }) => name)).toEqual(['classification_failures', 'open_failures'])
})

test('the table belongs to the pipeline, not to a provider', () => {
  expect(tableSchemas).toContain(schema)
  expect(logSchemas).not.toContain(schema)
})
