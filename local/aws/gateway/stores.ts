import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { JsonObject } from '../../json.ts'
import { type LambdaOptions, lambdaApi } from '../lambda/invoke.ts'
import { type BucketAccess, unguarded } from '../s3/bucket-access.ts'
import { BucketFactsFile } from '../s3/bucket-facts.ts'
import { Notifications, type NotifiedQueues } from '../s3/notifications.ts'
import { createObjectStore, type ObjectStore } from '../s3/s3.ts'
import { openSecrets, type Secrets } from '../secrets/secrets.ts'
import { openQueues, type Queues } from '../sqs/sqs.ts'
import type { Service, Store, StoreRequest } from '../store.ts'

export interface Stores extends Readonly<Record<Service, Store>> {
  readonly s3: ObjectStore
  readonly sqs: Queues
  readonly secretsmanager: Secrets
}

export interface StoresOptions {
  /** The data folder, in which the stores use `s3/`, `sqs/`, `buckets.json` and `secrets.json`. */
  readonly dataDir: string
  /** Address of the gateway, for the URLs of queues. */
  readonly url: string
  readonly region: string
  readonly accountId: string
  readonly access: BucketAccess | undefined
  readonly functions: LambdaOptions['functions']
  readonly onFault: (error: unknown) => void
  /** The time at which objects are modified, in milliseconds since 1970. @default that of the system */
  readonly now: (() => number) | undefined
}

/** Opens the state of the services and connects buckets with queues. */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const { dataDir, url, region, accountId, access = unguarded, functions, onFault, now } = options
  const sqs = await openQueues({ dir: join(dataDir, 'sqs'), publicUrl: url, region, accountId })
  const facts = new BucketFactsFile(join(dataDir, 'buckets.json'), { owner: accountId, region })
  const notifications = new Notifications({ facts, queues: notified(sqs), decide: access.decide.bind(access), onFault })
  return {
    s3: createObjectStore({ dir: join(dataDir, 's3'), facts, access, notifications, now }),
    secretsmanager: openSecrets({ file: join(dataDir, 'secrets.json') }),
    sqs,
    lambda: lambdaApi({ region, accountId, functions }),
  }
}

/** S3 reaches the queues past the injected faults, as it repeats what fails until it succeeds. */
function notified(queues: Queues): NotifiedQueues {
  const nameOf = (queueArn: string) => queueArn.slice(queueArn.lastIndexOf(':') + 1)
  return {
    has: (queueArn) => queues.names().includes(nameOf(queueArn)) && queues.queueArn(nameOf(queueArn)) === queueArn,
    async send(queueArn, MessageBody) {
      const input = { QueueUrl: queues.queueUrl(nameOf(queueArn)), MessageBody }
      const { status } = await queues.handle(queueRequest('SendMessage', input))
      if (status !== 200) throw new Error(`${queueArn} does not take the message of a bucket: status ${status}`)
    },
  }
}

/** A request to SQS from within this process. */
export function queueRequest(operation: string, input: JsonObject): StoreRequest {
  const headers = { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0' }
  const query = new URLSearchParams()
  return { method: 'POST', path: '/', query, headers, body: Readable.from([]), json: async () => input }
}
