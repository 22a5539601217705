import { Grant } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { streamQueuesVariable } from '../../lambdas/functions/janitor/env.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { asciiJson } from '../../settings/ascii.ts'
import { lakePrefixes, opsPrefixes } from '../../settings/bucket-plan.ts'
import type { Lake } from '../lake/index.ts'
import type { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from './ops-bucket.ts'

export interface RedriveProps {
  readonly lake: Lake
  readonly opsBucket: OpsBucket
  /** The queues of messages about objects, by the ids of their sources. */
  readonly streamQueues: ReadonlyMap<string, Queue>
}

/**
 * Lets a function send failures and dead letters back, and work on the jobs for it: it reads the table of failures and
 * no other, and sends to the queues that dead letters came from.
 */
export function grantRedrive(grantee: NodeFunction, { lake, opsBucket, streamQueues }: RedriveProps): void {
  // The lists it may read anyway.
  lake.bucket.grantBelow(grantee, `${lakePrefixes.data}${classificationFailures.table}/`, ['s3:GetObject'])
  opsBucket.grantBelow(grantee, opsPrefixes.redrive, ['s3:GetObject', 's3:PutObject'])
  opsBucket.grantBelow(grantee, `${opsPrefixes.redrive}jobs/open/`, ['s3:DeleteObject'])
  opsBucket.grantBelow(grantee, opsPrefixes.deadLetters, ['s3:GetObject', 's3:DeleteObject'])
  opsBucket.grantBelow(grantee, opsPrefixes.redriven, ['s3:PutObject'])
  opsBucket.grantResolve(grantee)
  if (streamQueues.size === 0) return
  const queues = [...streamQueues.values()]
  const resourceArns = queues.map(({ queueArn }) => queueArn)
  Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns })
  const names = [...streamQueues].map(([source, { queueName }]) => [source, queueName])
  grantee.function.addEnvironment(streamQueuesVariable, asciiJson(Object.fromEntries(names)))
}
