import { z } from 'zod'
import { readKept, replaceFile } from '../../json.ts'

const queueNotification = z.object({
  id: z.string(),
  queueArn: z.string(),
  /** Names of events, such as `s3:ObjectCreated:*`. */
  events: z.array(z.string()),
  /** Limits it to keys that begin and end so. */
  prefix: z.string(),
  suffix: z.string(),
})
const lifecycleRule = z.object({
  /** Empty for the whole bucket. */
  prefix: z.string(),
  enabled: z.boolean(),
  /** Age in days at which objects are deleted; null for never. */
  expirationDays: z.number().nullable(),
  /** Whether delete markers without versions go. */
  expiresMarkers: z.boolean(),
  /** Days for which replaced and deleted objects are kept; null for ever. */
  noncurrentDays: z.number().nullable(),
  /** How many of the newest of them stay beyond; null for none. */
  noncurrentKept: z.number().nullable(),
  /** Age in days at which unfinished uploads are deleted; null for never. */
  abortUploadDays: z.number().nullable(),
})
const bucketFacts = z.object({
  /** Id of the account that owns the bucket. */
  owner: z.string(),
  /** Whether the template makes it, with everything that belongs to it. */
  byTemplate: z.boolean(),
  region: z.string(),
  /** ARN of the key of its default encryption; null for S3's own keys. */
  kmsKeyArn: z.string().nullable(),
  /** The bucket policy, as text; null when there is none. */
  policy: z.string().nullable(),
  notifications: z.array(queueNotification),
  // Absent in what an older version wrote.
  lifecycle: z.array(lifecycleRule).default([]),
  versioned: z.boolean().default(false),
  /** Names of the members of the public access block that are on. */
  publicAccessBlock: z.array(z.string()).default([]),
})
const content = z.record(z.string(), bucketFacts)

/** One notification of a bucket: the events of which a queue gets a message. */
export type QueueNotification = z.infer<typeof queueNotification>

/** A rule by which S3 deletes objects by their age. Nothing here deletes any. */
export type LifecycleRule = z.infer<typeof lifecycleRule>

/** Everything about a bucket except its objects. */
export type BucketFacts = z.infer<typeof bucketFacts>

/** The facts of all buckets, in memory and in a JSON file that is replaced as a whole. */
export class BucketFactsFile {
  readonly #file: string
  readonly #defaults: BucketFacts
  readonly #facts: Map<string, BucketFacts>

  /** @throws {Error} when the file holds anything else */
  constructor(file: string, own: Pick<BucketFacts, 'owner' | 'region'>) {
    this.#file = file
    this.#defaults = {
      ...own,
      byTemplate: true,
      kmsKeyArn: null,
      policy: null,
      notifications: [],
      lifecycle: [],
      versioned: false,
      publicAccessBlock: [],
    }
    const problem = 'does not hold facts about buckets: delete it to begin anew'
    this.#facts = new Map(Object.entries(readKept(file, content, problem) ?? {}))
  }

  names(): string[] {
    return [...this.#facts.keys()]
  }

  /** By default a bucket belongs to the account of the run, and nothing is set up. */
  of(bucket: string): BucketFacts {
    return this.#facts.get(bucket) ?? this.#defaults
  }

  change(bucket: string, changed: Partial<BucketFacts>): void {
    this.#facts.set(bucket, { ...this.of(bucket), ...changed })
    replaceFile(this.#file, Object.fromEntries(this.#facts))
  }
}
