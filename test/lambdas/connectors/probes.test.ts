import { describe, expect, test } from 'vitest'
import { webhookStreams } from '../../../lambdas/connectors/generated/webhooks.ts'
import { registered } from '../../../lambdas/connectors/registry.ts'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { createPublisher } from '../../../lambdas/core/publish/publish.ts'
import { createCredentials } from '../../../lambdas/core/webhook/credentials.ts'
import { createReceiver } from '../../../lambdas/core/webhook/receive.ts'
import { classificationFailures as failureSchema } from '../../../schemas/generated/classification_failures.ts'
import { memoryQueue, memoryStore } from '../../support/memory-stores.ts'

const options = { header: 'X-Own-Secret' }

describe.each(Object.keys(webhookStreams))('%s', (sourceType) => {
  test('its probe proves the secret and leaves neither row nor failure; without the secret it is refused', async () => {
    const { stream, schema } = await registered(webhookStreams, sourceType)
    const { queue, bodies } = memoryQueue()
    const { store, objects } = memoryStore()
    const secrets = { read: async () => ({ value: 'a secret that nobody knows', createdAt: 0 }) }
    const receive = createReceiver({
      stream,
      normalizer: compileNormalizer(schema),
      failureSchema,
      sources: new Map([['in', { label: 'In', secretId: 'arn:secret', options }]]),
      credentials: createCredentials({ store: secrets, previousHours: 0 }),
      publisher: createPublisher({ queue, queueName: 'records', ops: store, opsBucket: 'ops' }),
    })
    const { body, headers, proof } = stream.probe('a secret that nobody knows', { options })
    const send = (sent: Readonly<Record<string, string>>) =>
      receive({ pathParameters: { sourceId: 'in' }, headers: sent, body, isBase64Encoded: false })
    expect(await send({ ...headers, ...proof })).toMatchObject({ status: 200, received: 0, failed: 0 })
    expect(await send(headers)).toMatchObject({ status: 401, received: 0, failed: 0 })
    expect([...bodies, ...objects.keys()]).toEqual([])
  })
})
