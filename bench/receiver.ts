import { createHmac } from 'node:crypto'
import { webhookStreams } from '../lambdas/connectors/generated/webhooks.ts'
import { registered } from '../lambdas/connectors/registry.ts'
import { compileNormalizer } from '../lambdas/core/normalize/normalizer.ts'
import { createPublisher } from '../lambdas/core/publish/publish.ts'
import { createReceiver } from '../lambdas/core/webhook/receive.ts'
import { classificationFailures as failureSchema } from '../schemas/generated/classification_failures.ts'

const secret = 'a secret of the bench, long enough'

/** Webhooks of the source `hooks` through the whole function, up to the port that would send to the queue. */
export async function benchReceiver(sourceType: string) {
  const { stream, schema } = await registered(webhookStreams, sourceType)
  const none = async (): Promise<never> => {
    throw new Error('not to be used here')
  }
  return createReceiver({
    stream,
    normalizer: compileNormalizer(schema),
    failureSchema,
    sources: new Map([['hooks', { label: 'Hooks', secretId: 'id', options: { header: 'X-Bench-Secret' } }]]),
    credentials: { keys: async () => [secret], reread: none },
    publisher: createPublisher({
      queue: { send: async () => [] },
      queueName: 'records',
      ops: { get: none, put: none, putOnce: async () => true, putIf: none, list: none, delete: none },
      opsBucket: 'ops',
    }),
  })
}

/** Headers that every provider accepts. @param delivery a number that makes GitHub's deliveries different */
export function benchHeaders(body: string | Buffer, event: string, delivery = 0): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': `00000000-0000-0000-0000-${delivery}`,
    'x-github-hook-id': '1',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-bench-secret': secret,
  }
}
