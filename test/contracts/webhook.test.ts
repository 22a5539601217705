import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { webhookStreams } from '../../lambdas/connectors/generated/webhooks.ts'
import type { RegisteredWebhook } from '../../lambdas/connectors/registry.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { webhookLimits } from '../../lambdas/core/webhook/limits.ts'
import { missingWebhookFixtures, type RecordedWebhook, readRecordedWebhook } from '../support/recorded-webhook.ts'
import { inBase64, webhookTrial } from '../support/webhook-trial.ts'

/** What the connector of every webhook keeps to, shown with requests as its provider sends them. */

const registered = await Promise.all(
  Object.entries(webhookStreams).map(async ([type, load]) => ({ type, ...(await load()) })),
)

describe.each(registered)('$type', ({ type, ...webhook }) => {
  const missing = missingWebhookFixtures(type)
  if (missing === undefined) keepsContract(webhook, readRecordedWebhook(type))
  else test('has fixtures', () => expect.fail(missing))
})

function keepsContract(webhook: RegisteredWebhook, recorded: RecordedWebhook): void {
  const { secret, headers: usual, events, others } = recorded
  const trial = webhookTrial(webhook, recorded)
  const { headersOf, proofs } = trial

  async function receive(body: Uint8Array, headers: Readonly<Record<string, string>>) {
    const received = await trial.receive({ ...inBase64(body), headers })
    const { message } = received.answer
    // The sender can read the answer, and an attacker may have written the request.
    const parts =
      Buffer.from(body)
        .toString()
        .match(/[\w-]{12,}/g) ?? []
    for (const part of [secret, ...parts]) expect(message).not.toContain(part)
    return received
  }

  test('its headers fill exactly the columns that the schema takes from the transport', () => {
    const columns = webhook.schema.attributes.map(({ column }) => column)
    expect(Object.keys(webhook.stream.attributeHeaders ?? {}).sort()).toEqual(columns.sort())
  })

  test.each([events, ...others])('$name', async ({ headers, bytes, events: count, failures: broken }) => {
    const { answer, rows, failures } = await receive(bytes, headersOf(bytes, headers))
    expect(answer).toMatchObject({ status: 200, received: count, failed: broken })
    expect(rows).toHaveLength(count)
    expect(failures).toHaveLength(broken)
    expect(new Set(rows.map((row) => row.p_row_id)).size).toBe(count)
  })

  test('the same again, packed or not, gives the same rows', async () => {
    const { rows } = await receive(events.bytes, headersOf(events.bytes))
    const again = await receive(events.bytes, headersOf(events.bytes))
    const zipped = gzipSync(events.bytes)
    const unpacked = await receive(zipped, headersOf(zipped, { 'content-encoding': 'gzip' }))
    expect(rows).not.toEqual([])
    expect(again.rows).toEqual(rows)
    expect(unpacked.rows.map(({ p_row_id: _id, ...row }) => row)).toEqual(rows.map(({ p_row_id: _id, ...row }) => row))
  })

  test.each([
    ['another content type', { 'content-type': 'text/xml' }],
    ['the content type of a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an encoding that the body has not', { 'content-encoding': 'gzip' }],
    ['an encoding that nobody reads', { 'content-encoding': 'br' }],
    ['several encodings', { 'content-encoding': 'gzip,identity' }],
  ])('no proof covers the headers, so %s changes no row', async (_what, headers) => {
    for (const { bytes } of [events, ...others]) {
      const { answer, rows, failures } = await receive(bytes, headersOf(bytes))
      expect(await receive(bytes, headersOf(bytes, headers))).toEqual({ answer, rows, failures })
      const zipped = gzipSync(bytes)
      const unpacked = await receive(zipped, headersOf(zipped, headers))
      expect(unpacked.rows).toHaveLength(rows.length)
    }
  })

  test('no other header hides an event or takes its place', async () => {
    const { rows } = await receive(events.bytes, headersOf(events.bytes))
    for (const name of Object.keys(usual).filter((one) => !proofs.includes(one))) {
      for (const value of ['', 'ping', 'x'.repeat(5_000)]) {
        const changed = await receive(events.bytes, headersOf(events.bytes, { [name]: value }))
        expect(changed.rows.map(contentOf)).toEqual(rows.map(contentOf))
      }
    }
  })

  /** A row without the columns that come from headers. */
  const contentOf = (row: Row) =>
    Object.fromEntries(
      Object.entries(row).filter(
        ([name]) => name !== 'p_row_id' && !webhook.schema.attributes.some(({ column }) => column === name),
      ),
    )

  test.each<[string, (proof: string) => Readonly<Record<string, string>>]>([
    ['missing', () => ({})],
    ['empty', () => ({ proof: '' })],
    ['cut', (proof) => ({ proof: proof.slice(0, -2) })],
    ['sent twice', (proof) => ({ proof: `${proof},${proof}` })],
    ['in another header', (authorization) => ({ authorization })],
  ])('a proof that is %s is refused, and nothing is kept', async (_how, change) => {
    expect(proofs).not.toEqual([])
    const changed = Object.entries(headersOf(events.bytes)).flatMap(([name, value]) => {
      if (!proofs.includes(name)) return [[name, value]]
      return Object.entries(change(value)).map(([other, proof]) => [other === 'proof' ? name : other, proof])
    })
    await expectRefused(Object.fromEntries(changed))
  })

  test('the proof of another secret is refused, and nothing is kept', async () => {
    await expectRefused(headersOf(events.bytes, {}, `${secret.slice(0, -1)}x`))
  })

  async function expectRefused(headers: Readonly<Record<string, string>>): Promise<void> {
    const { answer, rows, failures } = await receive(events.bytes, headers)
    expect(answer).toMatchObject({ status: 401, reason: 'bad_credential' })
    expect([...rows, ...failures]).toEqual([])
  }

  test.each([
    ['values', `{"list":[${'1,'.repeat(webhookLimits.parts)}1]}`],
    ['values in a list', `[${'{},'.repeat(webhookLimits.parts)}{}]`],
    ['lines', '{}\n'.repeat(webhookLimits.lines + 1)],
    ['bytes', JSON.stringify({ text: 'x'.repeat(webhookLimits.bytes) })],
  ])('too many %s are refused with what to do, and kept', async (_what, text) => {
    const body = Buffer.from(text)
    for (const bytes of [body, gzipSync(body)]) {
      const { answer, rows, failures } = await receive(bytes, headersOf(bytes))
      expect(answer).toMatchObject({ status: 413, reason: 'too_large', message: expect.stringMatching(/send fewer/) })
      expect(rows).toEqual([])
      expect(failures).toMatchObject([{ p_row_id: answer.failure, raw_bytes: bytes.length }])
    }
  })

  test('too many events are never stored in part', async () => {
    const { failures, rows } = await receiveLines(webhookLimits.events + 1)
    expect(rows).toEqual([])
    expect(failures).toHaveLength(1)
  })

  const receiveLines = (count: number) => {
    const body = Buffer.from('{}\n'.repeat(count))
    return receive(body, headersOf(body))
  }

  test.each([
    ['', 'empty', 0],
    ['nope', 'not_json', 1],
    ['{"cut":', 'not_json', 1],
  ])('the body %j is the sender’s to mend, and kept', async (text, reason, kept) => {
    const body = Buffer.from(text)
    const { answer, rows, failures } = await receive(body, headersOf(body))
    expect(answer).toMatchObject({ status: 400, reason })
    expect(rows).toEqual([])
    expect(failures).toHaveLength(kept)
  })
}
