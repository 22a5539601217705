import { isObject } from '../../json.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import type { Site } from './site.ts'

/** Members of the resource that are not attributes of the queue. */
const notAttributes = new Set(['QueueName', 'Tags'])

export function queue(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('QueueName')
  const attributes = Object.entries(declared.properties)
    .filter(([property]) => !notAttributes.has(property))
    .map(([property, value]) => [property, isObject(value) ? JSON.stringify(value) : String(value)])
  const { url, arn } = site.gateway.queues.ensureQueue(name, Object.fromEntries(attributes))
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
}
