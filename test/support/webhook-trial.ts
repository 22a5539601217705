import { createHmac } from 'node:crypto'
import type { RegisteredWebhook } from '../../lambdas/connectors/registry.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import type { Batch } from '../../lambdas/core/publish/message.ts'
import type { HttpEvent } from '../../lambdas/core/webhook/http.ts'
import { type Answer, createReceiver } from '../../lambdas/core/webhook/receive.ts'
import { classificationFailures as failureSchema } from '../../schemas/generated/classification_failures.ts'
import type { RecordedWebhook } from './recorded-webhook.ts'

export interface Received {
  readonly answer: Answer
  readonly rows: readonly Row[]
  readonly failures: readonly Row[]
}

/** The source of these requests. */
const triedSource = 'hooks'

/** The receiver of a webhook with everything but its stores, and requests as its provider makes them. */
export function webhookTrial({ stream, schema }: RegisteredWebhook, recorded: RecordedWebhook) {
  const { options, secret, headers: usual } = recorded
  const normalizer = compileNormalizer(schema)
  return {
    /** Names of the headers that prove the secret. */
    proofs: Object.keys(usual).filter((name) => usual[name]?.includes('{{')),

    /** The headers of a request, its proof among them. */
    headersOf(body: Uint8Array, more: Readonly<Record<string, string>> = {}, key = secret): Record<string, string> {
      const values = { secret: key, hmacSha256Hex: createHmac('sha256', key).update(body).digest('hex') }
      const fill = (text: string) =>
        Object.entries(values).reduce((now, [name, value]) => now.replace(`{{${name}}}`, value), text)
      return Object.fromEntries(Object.entries({ ...usual, ...more }).map(([name, text]) => [name, fill(text)]))
    },

    async receive(request: Omit<HttpEvent, 'pathParameters'>): Promise<Received> {
      const batches: Batch[] = []
      const receiver = createReceiver({
        stream,
        normalizer,
        failureSchema,
        sources: new Map([[triedSource, { label: 'Hooks', secretId: 'id', options }]]),
        credentials: { keys: async () => [secret], reread: async () => undefined },
        publisher: { publish: async (published) => void batches.push(...published) },
        now: () => Date.UTC(2026, 0, 15, 10, 45),
      })
      const answer = await receiver({ ...request, pathParameters: { sourceId: triedSource } })
      const rowsOf = (logType: string) =>
        batches.filter((batch) => batch.logType === logType).flatMap(({ rows }) => rows)
      return { answer, rows: rowsOf(schema.logType), failures: rowsOf(failureSchema.logType) }
    },
  }
}

/** A body as API Gateway hands over bytes of which it does not know that they are text. */
export const inBase64 = (body: Uint8Array): Pick<HttpEvent, 'body' | 'isBase64Encoded'> => ({
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
})
