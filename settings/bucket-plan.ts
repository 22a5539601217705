/**
 * How the stack sets up its two buckets. A bucket that the stack makes gets all of it; of one that an earlier stack
 * left, CloudFormation can set only the policy, and `npm run verify` compares the rest.
 */

/** The prefixes of the lake bucket. */
export const lakePrefixes = {
  /** Data files: `data/<table>/dt=YYYY-MM-DD/<file>.parquet`. */
  data: 'data/',
  /** Lists of live data files: `tables/<table>/dt=YYYY-MM-DD/symlink.txt`. */
  lists: 'tables/',
} as const

/** The prefixes of the ops bucket, each with its own retention. */
export const opsPrefixes = {
  accessLogs: 'access-logs/',
  athenaResults: 'athena-results/',
  /** Messages too long for the queue, which holds pointers to them. */
  claims: 'claims/',
  /** Messages whose rows resolve failures. Only functions that have recovered something may write them. */
  resolutions: 'resolutions/',
  /** Messages that a queue did not accept and the janitor resends. Deleted once sent, never by age. */
  unsent: 'unsent/',
  /** State and jobs of sources that are fetched. Never deleted by age, except what a stream has read. */
  state: 'state/',
  /** Notes on merges, for the files that they replace, and when merges were planned. */
  merges: 'merges/',
  /** Notes on data files that cannot be read and were taken off their lists. Only operators delete them. */
  corrupt: 'corrupt/',
  /** Tries of people to give a credential by consent. */
  oauth: 'oauth/',
  /** Open dead letters. They leave when they are sent back; otherwise only operators delete them. */
  deadLetters: 'dead/',
  /** Dead letters that were sent back. */
  redriven: 'redriven/',
  /** Jobs that send failures and dead letters back. */
  redrive: 'redrive/',
} as const

/** Objects below a prefix are deleted at an age in days; an empty prefix stands for the whole bucket. */
export interface Expiration {
  readonly prefix: string
  readonly days: number
  /** For how many days replaced versions are kept, and how many of the newest stay. @default as in the whole bucket */
  readonly versions?: { readonly days: number; readonly newest: number }
}

export interface BucketPlan {
  /** Prefixes below which objects are never replaced, each with a slash at its end. */
  readonly writeOnce: readonly string[]
  readonly expirations: readonly Expiration[]
}

/** Of every bucket, in days. */
export const housekeepingDays = {
  abortUploads: 1,
  /** How long replaced and deleted objects can be restored. */
  undelete: 7,
} as const

/**
 * S3 deletes by the age of single objects what the janitor has left, this many days after the retention. A list that
 * late rows renewed is younger than its first files and outlives them here, and a query fails on a list whose files are
 * gone, so the janitor has to be first by far: also after a retention was lowered by up to a year, and raised again.
 */
const netDelayDays = 400

/** @param retentionDays retention of rows */
export function lakePlan(retentionDays: number): BucketPlan {
  const days = retentionDays + netDelayDays
  return {
    writeOnce: [lakePrefixes.data],
    expirations: [
      { prefix: lakePrefixes.data, days },
      // A list is replaced with every file, and would be kept in hundreds of versions.
      { prefix: lakePrefixes.lists, days, versions: { days: 1, newest: 1 } },
    ],
  }
}

/** Far beyond the two weeks that SQS keeps a message, so that no pointer outlives its object. */
const claimDays = 60

/** A history of what was sent back; the events themselves are rows by then. */
const redrivenDays = 400

/** Without the marks of streams. */
export const opsPlan: BucketPlan = {
  // What one function stores and another must find as it was.
  writeOnce: [
    opsPrefixes.claims,
    opsPrefixes.resolutions,
    opsPrefixes.unsent,
    opsPrefixes.corrupt,
    opsPrefixes.deadLetters,
    opsPrefixes.redriven,
  ],
  expirations: [
    { prefix: opsPrefixes.accessLogs, days: 90 },
    { prefix: opsPrefixes.athenaResults, days: 7 },
    { prefix: opsPrefixes.claims, days: claimDays },
    { prefix: opsPrefixes.resolutions, days: claimDays },
    { prefix: opsPrefixes.redriven, days: redrivenDays },
    // An attempt lasts 20 minutes at most; the shortest time that S3 knows.
    { prefix: opsPrefixes.oauth, days: 1 },
  ],
}

/**
 * How long the marks of read objects of a stream are kept: well beyond the eight days that its listings look back.
 * After a longer outage some objects are read once more, which gives the same rows.
 */
export const streamMarks = (sourceId: string): Expiration => ({
  prefix: `${opsPrefixes.state}${sourceId}/read/`,
  days: 15,
})

/** A statement of a bucket's policy, as JSON. */
export interface BucketStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal: Readonly<Record<string, string>>
  readonly Action: string
  readonly Resource: string | readonly string[]
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Refuses requests without TLS. */
export const denyPlainHttp = (bucketArn: string): BucketStatement => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:*',
  Resource: [bucketArn, `${bucketArn}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
})

/**
 * Denies every put without `If-None-Match: *`, which fails when the object exists. The exception for multipart uploads
 * that AWS's page makes is left out, so that none can begin here either. After a deletion the key is free again.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export const denyReplacing = (bucketArn: string, prefixes: readonly string[]): BucketStatement => ({
  Sid: 'WriteOnce',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:PutObject',
  Resource: prefixes.map((prefix) => `${bucketArn}/${prefix}*`),
  Condition: { Null: { 's3:if-none-match': 'true' } },
})

/**
 * Lets S3 put the access logs of another bucket into this one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export const allowAccessLogs = (bucketArn: string, loggedArn: string, account: string): BucketStatement => ({
  Effect: 'Allow',
  Principal: { Service: 'logging.s3.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `${bucketArn}/${opsPrefixes.accessLogs}*`,
  Condition: { ArnLike: { 'aws:SourceArn': loggedArn }, StringEquals: { 'aws:SourceAccount': account } },
})
