import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { webhook as stream } from '../../lambdas/connectors/github/webhook.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { createPublisher } from '../../lambdas/core/publish/publish.ts'
import { createReceiver } from '../../lambdas/core/webhook/receive.ts'
import { classificationFailures as failureSchema } from '../../schemas/generated/classification_failures.ts'
import { githubWebhook as schema } from '../../schemas/generated/github_webhook.ts'
import { measure } from '../task.ts'

/** Signed requests through the whole webhook function, up to the port that would send to the queue. */
const [file = ''] = process.argv.slice(2)
const secret = 'a secret of the bench, long enough'
const bodies = readFileSync(file, 'utf8').split('\n').filter(Boolean)
const events = bodies.map((body, index) => ({
  pathParameters: { sourceId: 'hooks' },
  headers: {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': `00000000-0000-0000-0000-${index}`,
    'x-github-hook-id': '1',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  },
  body,
}))
const none = async (): Promise<never> => {
  throw new Error('not to be used here')
}
const receive = createReceiver({
  stream,
  normalizer: compileNormalizer(schema),
  failureSchema,
  sources: new Map([['hooks', { label: 'Hooks', secretId: 'id', options: {} }]]),
  credentials: { keys: async () => [secret], reread: none },
  publisher: createPublisher({
    queue: { send: async () => [] },
    queueName: 'records',
    ops: { get: none, put: none, putOnce: none, putIf: none, list: none, delete: none },
    opsBucket: 'ops',
  }),
})

await measure(async () => {
  for (const event of events) {
    const { status } = await receive(event)
    if (status !== 200) throw new Error(`answered ${status}`)
  }
})
