import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

/** A topic to which nothing is published here. */
export function topic(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('TopicName')
  const topicArn = arn(site, 'sns', name)
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } }
}
