import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseEvent } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { decodeRejections, rejectionsKey } from '../../lambdas/core/webhook/rejections.ts'
import { hexAudit } from '../../schemas/generated/hex_audit.ts'
import { hexBatches } from '../../simulators/hex/events.ts'
import { encodeHexBatch, postHexBatch } from '../../simulators/hex/webhooks.ts'
import type { JsonObject } from '../../simulators/shared/json.ts'
import {
  allLogs,
  eventually,
  notebooksLabel,
  type Pipeline,
  startPipeline,
  webhookSettings,
} from '../support/pipeline.ts'

let pipeline: Pipeline
let target: { url: string; headerName: string; secret: string }
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  const { url = '', secretId = '' } = pipeline.run.ready.webhooks.notebooks ?? {}
  target = { url, headerName: 'X-Test-Secret', secret: pipeline.run.gateway.secrets.current(secretId) }
})
afterAll(() => pipeline.stop())

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(target.url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'X-Test-Secret': target.secret, ...headers },
  })
  return { status: answer.status, body: await answer.json() }
}

/** Columns whose values come from the event alone. */
const expectedRow = (envelope: JsonObject) => {
  const event = parseEvent(Buffer.from(JSON.stringify(envelope)))
  const context = { sourceId: 'notebooks', sourceLabel: notebooksLabel, receivedAt: 0 }
  const { p_parse_time, ...row } = compileNormalizer(hexAudit).normalize(event, context)
  return JSON.parse(JSON.stringify(row))
}

describe('Hex’s deliveries', () => {
  test('batches in every form become rows, one per event and delivery', async () => {
    const batches = hexBatches({ seed: 11, maxBatchSize: 6, now: () => Date.now() })
    const forms = [{}, { format: 'ndjson' }, { gzip: true }, { format: 'ndjson', gzip: true }] as const
    const sent: JsonObject[] = []
    for (const form of forms) {
      for (let i = 0; i < 8; i++) {
        const envelopes = batches.next().value ?? []
        expect(await postHexBatch(target, encodeHexBatch(envelopes, form))).toMatchObject({ ok: true, status: 200 })
        sent.push(...envelopes)
      }
    }
    const ask = () => pipeline.query('select * from hex_audit')
    const rows = await eventually(ask, (found) => found.length >= sent.length)
    const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
      String(a.p_row_id).localeCompare(String(b.p_row_id))
    const stored = rows.map(({ p_parse_time, dt, ...row }) => row)
    expect(stored.sort(byId)).toEqual(sent.map(expectedRow).sort(byId))
  })
})

describe('parts that are not events', () => {
  const openFailures = (marker: string) => () =>
    pipeline.query(
      `select reason, log_type, raw, raw_encoding, "position", p_source_id from open_failures where raw like '%${marker}%'`,
    )

  test('a verified body that is not JSON is an open failure', async () => {
    expect(await post('no JSON at all')).toMatchObject({ status: 400, body: { failed: 1 } })
    expect(await eventually(openFailures('no JSON at all'), (rows) => rows.length > 0)).toEqual([
      {
        reason: 'not_json',
        log_type: 'Hex.Audit',
        raw: 'no JSON at all',
        raw_encoding: 'utf8',
        p_source_id: 'notebooks',
      },
    ])
  })

  test('a broken line does not affect its neighbours', async () => {
    const line = (action: string) =>
      JSON.stringify({ event: { action, actor: {}, occurred_at: '2026-01-15T10:30:00Z' } })
    const body = `${line('FIRST')}\n{"event": broken line\n${line('SECOND')}\n`
    expect(await post(body)).toMatchObject({ status: 200, body: { received: 2, failed: 1 } })
    expect(await eventually(openFailures('broken line'), (rows) => rows.length > 0)).toMatchObject([
      { reason: 'not_json', raw: '{"event": broken line', position: 2 },
    ])
    const ask = () =>
      pipeline.query(`select event.action as action from hex_audit where event.action in ('FIRST', 'SECOND')`)
    expect(await eventually(ask, (rows) => rows.length > 1)).toHaveLength(2)
  })

  test('truncated gzip is kept as received', async () => {
    const cut = new Uint8Array(gzipSync('[{"event":{}}]').subarray(0, 15))
    expect(await post(cut, { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 })
    const raw = Buffer.from(cut).toString('base64')
    expect(await eventually(openFailures(raw), (rows) => rows.length > 0)).toMatchObject([
      { reason: 'bad_encoding', raw_encoding: 'base64' },
    ])
  })

  test('an unknown encoding is answered 415, an empty body 400', async () => {
    const packed = new Uint8Array(brotliCompressSync('[{"event":{}}]'))
    expect(await post(packed, { 'content-encoding': 'br' })).toMatchObject({ status: 415 })
    expect(await post('[]', { 'content-encoding': 'br' })).toMatchObject({ status: 200, body: { received: 0 } })
    expect(await post('')).toMatchObject({ status: 400 })
    expect(await post('[]')).toMatchObject({ status: 200, body: { received: 0 } })
  })
})

test('while SQS is down events are put aside, long ones too, and become rows later', async () => {
  const { run } = pipeline
  run.faults.add({ service: 'sqs', principal: 'hex-webhook', kind: 'fail' })
  const notes = ['short', randomBytes(300_000).toString('base64')]
  for (const [index, note] of notes.entries()) {
    const event = { action: 'WHILE_DOWN', actor: {}, occurred_at: '2026-01-15T10:30:00Z', index, note }
    expect(await post(JSON.stringify([{ event }]))).toMatchObject({ status: 200, body: { received: 1 } })
  }
  run.faults.clear()
  await run.schedules.get('janitor')?.tick()
  const ask = () => pipeline.query(`select p_row_id from hex_audit where event.action = 'WHILE_DOWN'`)
  expect(await eventually(ask, (rows) => rows.length >= 2)).toHaveLength(2)
})

test('instances of the receiver count rejected requests together', async () => {
  const { run } = pipeline
  const path = run.gateway.objects.pathOf(run.ready.buckets.ops ?? '', rejectionsKey('notebooks'))
  const count = () => decodeRejections(readFileSync(path))?.count
  expect(await post('the first instance')).toMatchObject({ status: 400 })
  const before = count() ?? 0
  run.faults.add({ service: 'sqs', principal: 'hex-webhook', kind: 'slow', ms: 1_000, count: 1 })
  const slow = post('[{"event": {"action": "SLOW", "actor": {}, "occurred_at": "2026-01-15T10:30:00Z"}}]')
  expect(await post('while the first one is busy')).toMatchObject({ status: 400 })
  expect(count()).toBe(before + 1)
  expect(await slow).toMatchObject({ status: 200 })
  run.faults.clear()
})

describe('the credential', () => {
  test.each<[string, Record<string, string>]>([
    ['a wrong secret', { 'X-Test-Secret': 'wrong' }],
    ['an empty secret', { 'X-Test-Secret': '' }],
    ['the secret in the wrong header', { 'X-Test-Secret': '', authorization: 'secret' }],
  ])('%s is answered 401 and leaves nothing behind', async (_what, headers) => {
    expect(await post('left by a stranger', headers)).toMatchObject({ status: 401, body: { failed: 0 } })
    const rows = await pipeline.query(`select raw from classification_failures where raw like '%stranger%'`)
    expect(rows).toEqual([])
  })

  test('is in no log', async () => {
    expect(await allLogs(pipeline.data)).not.toContain(target.secret)
  })
})
