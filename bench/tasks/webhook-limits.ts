import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { webhookStreams } from '../../lambdas/connectors/generated/webhooks.ts'
import { registered } from '../../lambdas/connectors/registry.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { createPublisher } from '../../lambdas/core/publish/publish.ts'
import { createReceiver } from '../../lambdas/core/webhook/receive.ts'
import { room } from '../../lambdas/functions/webhook/env.ts'
import { classificationFailures as failureSchema } from '../../schemas/generated/classification_failures.ts'
import { figure, median } from '../figure.ts'
import { worstRequests } from '../worst-requests.ts'

/**
 * How long the worst requests within the limits of a webhook would take on Lambda, by the processor time of a receiver
 * that starts with them, so that nothing is compiled yet. A part of a processor takes so much longer than a whole one:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const share = room.memoryMb / 1_769
const runs = 3
const secret = 'a secret of the bench, long enough'

const [chosen] = process.argv.slice(2)
if (chosen !== undefined) console.log(JSON.stringify(await measure(chosen)))
else {
  for (const name of Object.keys(worstRequests)) {
    const measured = Array.from({ length: runs }, () => inProcessOfItsOwn(name))
    const seconds = median(measured.map(({ cpuSeconds }) => cpuSeconds)) / share
    const what = `a request at the limits, in seconds at ${room.memoryMb} MB, against half of the function's time`
    console.log(JSON.stringify(figure(`webhook-limits-${name}`, seconds, 's', room.seconds / 2, what)))
    const peak = median(measured.map(({ peakMb }) => peakMb))
    const memory = "the peak memory of its process, against the function's"
    console.log(JSON.stringify(figure(`webhook-limits-${name}-memory`, peak, 'MB', room.memoryMb, memory)))
  }
}

interface Cost {
  readonly cpuSeconds: number
  readonly peakMb: number
}

function inProcessOfItsOwn(name: string): Cost {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', import.meta.filename, name], { encoding: 'utf8' }))
}

async function measure(name: string): Promise<Cost> {
  const worst = worstRequests[name]
  if (worst === undefined) throw new TypeError(`no request ${name}`)
  const receive = await receiver(worst.sourceType)
  const text = Buffer.from(worst.body())
  const body = worst.isZipped ? gzipSync(text) : text
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': '00000000-0000-0000-0000-000000000000',
    'x-github-hook-id': '1',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    'x-bench-secret': secret,
  }
  const isBase64Encoded = worst.isZipped ?? false
  const event = JSON.stringify({
    pathParameters: { sourceId: 'hooks' },
    headers,
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  })
  // The texts that made the request are not the receiver's garbage.
  globalThis.gc?.()
  const before = process.cpuUsage()
  const { status } = await receive(JSON.parse(event))
  const { user, system } = process.cpuUsage(before)
  if (status !== worst.status) throw new Error(`${name} is answered ${status} instead of ${worst.status}`)
  return { cpuSeconds: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1_000 }
}

async function receiver(sourceType: string) {
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
