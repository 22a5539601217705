import { EventSource } from '../../aws/lambda/event-source.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { functionNamed } from './function.ts'
import { nameInArn, type Site } from './site.ts'

export function eventSourceMapping(declared: Declared, site: Site): ResourceValues {
  const queueArn = declared.text('EventSourceArn')
  if (!queueArn.startsWith('arn:aws:sqs:'))
    declared.invalid('EventSourceArn', 'a queue, the only source that runs locally')
  declared.refuse('FilterCriteria', 'every message would reach the function')
  const target = functionNamed(declared, 'FunctionName', site)
  site.eventSources.push(
    new EventSource({
      queueArn,
      queueUrl: site.gateway.queues.queueUrl(nameInArn(queueArn)),
      region: site.gateway.region,
      ask: (operation, input) => site.gateway.askQueues(target.spec.name, operation, input),
      target,
      enabled: declared.properties.Enabled !== false,
      batchSize: declared.number('BatchSize', 10),
      windowSeconds: declared.number('MaximumBatchingWindowInSeconds', 0),
      maxConcurrency: declared.object('ScalingConfig').number('MaximumConcurrency', Number.POSITIVE_INFINITY),
      partialFailures: declared.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
      onFailure: (message) => site.report(target.spec.name, message),
    }),
  )
  return { ref: declared.id, attributes: { Id: declared.id } }
}
