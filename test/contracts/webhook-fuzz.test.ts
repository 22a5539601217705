import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { webhookStreams } from '../../lambdas/connectors/generated/webhooks.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { createAnswerReport } from '../../lambdas/core/webhook/report.ts'
import { byteChange, changed } from '../support/byte-changes.ts'
import { fuzzed, fuzzLimit } from '../support/fuzz.ts'
import { readRecordedWebhook } from '../support/recorded-webhook.ts'
import { listen } from '../support/said.ts'
import { inBase64, webhookTrial } from '../support/webhook-trial.ts'

/** What holds of a webhook whatever is sent: nothing forged is taken, nothing valid lost, and no header decides. */

const registered = await Promise.all(
  Object.entries(webhookStreams).map(async ([type, load]) => ({ type, ...(await load()) })),
)

/** Headers that no signature covers, with values that try to change how the body is read. */
const header = fc.tuple(
  fc.constantFrom(
    'content-type',
    'content-encoding',
    'x-github-event',
    'x-github-delivery',
    'x-github-hook-id',
    'x-hub-signature',
    'authorization',
    'transfer-encoding',
    '__proto__',
  ),
  fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'text/plain; charset=utf-16',
    'gzip',
    'br',
    'identity, gzip',
    'ping',
    'sha1=0',
    '',
    '\u0000',
    'x'.repeat(9_000),
  ),
)

const request = fc.record({
  sample: fc.nat(),
  changes: fc.array(byteChange, { maxLength: 3 }),
  headers: fc.array(header, { maxLength: 3 }),
  isZipped: fc.boolean(),
  asText: fc.boolean(),
  /** What the proof proves: the bytes as they are, as they were before the changes, or another secret. */
  proof: fc.constantFrom('right', 'right', 'right', 'of other bytes', 'of another secret', 'missing'),
})

describe.each(registered)('$type', ({ type, ...webhook }) => {
  const recorded = readRecordedWebhook(type)
  const { secret, events, others } = recorded
  const samples = [events, ...others]
  const takesLists = samples.some((sample) => sample.events > 1)
  /** Whether a proof is one of the body, and not of the sender alone. */
  const coversBody = Object.values(recorded.headers).some((text) => text.includes('hmac'))
  const trial = webhookTrial(webhook, recorded)
  const parameters = fuzzed(`requests to ${type}`, 25_000)

  test('whatever is sent, nothing forged is taken and nothing valid lost', fuzzLimit, async () => {
    const { logger, metrics, lines } = listen()
    const report = createAnswerReport(logger, metrics)
    await fc.assert(
      fc.asyncProperty(request, async ({ sample, changes, headers, isZipped, asText, proof }) => {
        const chosen = samples[sample % samples.length] ?? events
        const before = Buffer.from(isZipped ? gzipSync(chosen.bytes) : chosen.bytes)
        const body = changed(before, changes)
        const proven = proof === 'of other bytes' ? before : body
        const key = proof === 'of another secret' ? `${secret.slice(0, -1)}x` : secret
        const usual = trial.headersOf(proven, {}, key)
        if (proof === 'missing') for (const name of trial.proofs) delete usual[name]
        const isText = asText && Buffer.from(body.toString()).equals(body)
        const sent = isText ? { body: body.toString(), isBase64Encoded: false } : inBase64(body)
        const { answer, rows, failures } = await trial.receive({
          ...sent,
          headers: { ...usual, ...Object.fromEntries(headers.filter(([name]) => !trial.proofs.includes(name))) },
        })

        report(answer)
        expect(JSON.stringify(lines.splice(0))).not.toContain(secret)
        expect(answer.message).not.toContain(secret)
        const isOfOtherBytes = proof === 'of other bytes' && coversBody && !body.equals(before)
        const isForged = isOfOtherBytes || proof === 'of another secret' || proof === 'missing'
        if (isForged) {
          expect(answer).toMatchObject({ status: 401, received: 0, failed: 0 })
          expect([...rows, ...failures]).toEqual([])
          return
        }
        expect([200, 400, 413, 415]).toContain(answer.status)
        expect(JSON.stringify([...rows, ...failures])).not.toContain(secret)
        const wanted = eventsIn(body, takesLists)
        if (wanted !== undefined) expect(rows).toHaveLength(wanted)
        const plain = await trial.receive({ ...inBase64(body), headers: usual })
        expect(plain.rows.map(content)).toEqual(rows.map(content))
      }),
      parameters,
    )
  })
})

/** A row without what only headers say, which take part in the row's id. */
function content(row: Row): object {
  return Object.fromEntries(
    Object.entries(row).filter(([name]) => name !== 'p_row_id' && !name.startsWith('p_webhook_')),
  )
}

/** How many events a body holds, by other means than ours; `undefined` where that cannot be told. */
function eventsIn(body: Buffer, takesLists: boolean): number | undefined {
  const bytes = unpacked(body)
  const text = bytes && textOf(bytes)
  if (text === undefined) return undefined
  // A byte order mark before a form makes it something else.
  const isForm = !takesLists && bytes?.subarray(0, 8).toString() === 'payload='
  const whole = parsed(isForm ? formField(text) : text)
  if (isPlain(whole)) return 'zen' in whole && 'hook' in whole && 'hook_id' in whole ? 0 : 1
  if (!takesLists) return 0
  if (Array.isArray(whole)) return whole.filter(isPlain).length
  return text.split('\n').filter((line) => isPlain(parsed(line))).length
}

function unpacked(body: Buffer): Buffer | undefined {
  try {
    return body.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) ? gunzipSync(body) : body
  } catch {
    return undefined
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The only field of a form, which has no other. */
function formField(text: string): string {
  const fields = [...new URLSearchParams(text)]
  const [[name, value] = ['', '']] = fields
  return fields.length === 1 && name === 'payload' && !text.includes('&') ? value : ''
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
