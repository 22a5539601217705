import { join } from 'node:path'
import { Duration, Size } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { env } from '../../lambdas/functions/merger/env.ts'
import { opsPrefixes } from '../../settings/bucket-plan.ts'
import { grantTake } from '../delivery/consume.ts'
import type { Delivery } from '../delivery/index.ts'
import { NativePackage } from '../native-package.ts'
import { NodeFunction } from '../node-function.ts'
import type { OpsBucket } from '../ops/ops-bucket.ts'
import type { Ticker } from '../ops/ticker.ts'
import type { Lake } from './index.ts'

export interface MergerProps {
  readonly lake: Lake
  readonly opsBucket: OpsBucket
  /** Holds the requests. */
  readonly delivery: Delivery
  readonly ticker: Ticker
}

/** Lambda's longest. */
const TIMEOUT = Duration.minutes(15)

/** A new account's limit. */
const MEMORY = Size.mebibytes(3_008)

/** Copies of the files of a merge, the merged file, and what does not fit into the memory. */
const DISK = Size.gibibytes(10)

/** What the merger loads beside its bundle. */
export const DUCKDB = new NativePackage(join(import.meta.dirname, 'merger-package'), [
  '@duckdb/node-bindings-linux-arm64/libduckdb.so',
  '@duckdb/node-bindings-linux-arm64/duckdb.node',
])

/** Rewrites the small files of a partition as few large ones, without repeated rows. */
export class Merger extends NodeFunction {
  constructor(scope: Construct, id: string, { lake, opsBucket, delivery, ticker }: MergerProps) {
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
        [env.mergesQueueUrl]: delivery.merges.queueUrl,
        // DuckDB looks for settings and extensions in it; elsewhere nothing can be written.
        HOME: '/tmp',
      },
    })
    lake.grantMerge(this)
    for (const prefix of [opsPrefixes.merges, opsPrefixes.corrupt]) {
      opsBucket.grantBelow(this, prefix, ['s3:PutObject'])
    }
    delivery.grantSend(this, delivery.merges)
    grantTake(delivery.merges, this)
    // No mapping: two functions of each would leave a small account too few of its ten for webhooks.
    ticker.call(this, 'Merger of AuditLake', Duration.minutes(1))
  }
}
