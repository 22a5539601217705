import { join } from 'node:path'
import { Duration, Size } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { env } from '../../lambdas/functions/merger/env.ts'
import { opsPrefixes } from '../../settings/bucket-plan.ts'
import { grantTake } from '../delivery/consume.ts'
import { DurableQueue } from '../delivery/durable-queue.ts'
import type { Delivery } from '../delivery/index.ts'
import { NativePackage } from '../native-package.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import type { Lake } from './index.ts'

export interface MergerProps {
  readonly lake: Lake
  readonly opsBucket: OpsBucket
  /** Takes the requests that no merger survives. */
  readonly delivery: Delivery
  readonly ticker: Ticker
}

/** Lambda's longest. */
const TIMEOUT = Duration.minutes(15)

/** Longer than a merger works on a request. */
const VISIBILITY = TIMEOUT.plus(Duration.minutes(1))

/** A new account's limit. */
const MEMORY = Size.mebibytes(3_008)

/** Copies of the files of a merge, the merged file, and what does not fit into the memory. */
const DISK = Size.gibibytes(10)

const DUCKDB = new NativePackage(join(import.meta.dirname, 'merger-package'), [
  '@duckdb/node-bindings-linux-arm64/libduckdb.so',
  '@duckdb/node-bindings-linux-arm64/duckdb.node',
])

/** Rewrites the small files of a partition as few large ones, without repeated rows. */
export class Merger extends NodeFunction {
  /** Takes a request for each partition. */
  readonly requests: Queue

  constructor(scope: Construct, id: string, { lake, opsBucket, delivery, ticker }: MergerProps) {
    const requests = new DurableQueue(scope, `${id}Requests`, {
      visibilityTimeout: VISIBILITY,
      deadLetters: delivery.deadLetters,
    })
    super(scope, id, {
      handler: 'merger',
      description: 'Merges the data files of a day and removes repeated rows',
      timeout: TIMEOUT,
      memory: MEMORY,
      disk: DISK,
      nativePackage: DUCKDB,
      environment: {
        [env.lakeBucket]: lake.bucket.bucketName,
        [env.opsBucket]: opsBucket.bucketName,
        [env.mergesQueueUrl]: requests.queueUrl,
        // DuckDB looks for settings and extensions in it; elsewhere nothing can be written.
        HOME: '/tmp',
      },
    })
    this.requests = requests
    lake.grantMerge(this)
    for (const prefix of [opsPrefixes.merges, opsPrefixes.corrupt]) {
      opsBucket.grantBelow(this, prefix, ['s3:PutObject'])
    }
    this.grantRequest(this)
    grantTake(requests, this)
    // No mapping: two functions of each would leave a small account too few of its ten for webhooks.
    ticker.call(this, 'Merger of AuditLake', Duration.minutes(1))
  }

  /** Lets a function request merges. */
  grantRequest(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.requests.queueArn] })
  }
}
