import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { messageLimits } from '../../lambdas/core/publish/message.ts'

/** Public prices in USD, region us-east-1, without any free tier. */
const prices = {
  /** An arm64 function, for each GB and second: https://aws.amazon.com/lambda/pricing/ */
  lambdaGbSecond: 0.000_013_333_4,
  /** A request to a standard queue: https://aws.amazon.com/sqs/pricing/ */
  sqsRequest: 0.4 / 1_000_000,
  /** Requests to S3 Standard, in which a listing costs as much as a put: https://aws.amazon.com/s3/pricing/ */
  s3Put: 0.005 / 1_000,
  s3Get: 0.000_4 / 1_000,
}

/** Estimated effort per page of events, until its rows are in the lake. */
const page = {
  /** The source's function has 512 MB, and a provider takes about 0.4 s to answer. */
  lambdaGbSecond: 0.5 * 0.4,
  /** Sent, received, deleted. */
  sqsRequest: 3,
  /** The job's progress, a data file, and the list of its partition. */
  s3Put: 3,
  /** The known rows, and the list before it is changed. */
  s3Get: 3,
}

/** Estimated effort per object of a stream besides that for its messages. */
const object = {
  lambdaGbSecond: 0,
  sqsRequest: 0,
  /** The mark that it was read, and its share of the listings and of the job's progress. */
  s3Put: 1.1,
  /** The object, and whether it was read before. */
  s3Get: 2,
}

/** Estimated effort per message with rows of objects. */
const message = {
  /** The writer has 1 GB, and takes about half a second for a full message. */
  lambdaGbSecond: 0.5,
  /** Sent and received with up to 256 KB, of which each 64 KB count as a request, and deleted. */
  sqsRequest: 9,
  /** A data file, and the list of its partition. */
  s3Put: 2,
  /** The known rows, and the list before it is changed. */
  s3Get: 2,
}

/** Memory of the function that reads objects, in GB. */
const readerGb = 1.5

type Effort = Readonly<Record<keyof typeof prices, number>>

const usdOf = (effort: Effort): number =>
  effort.lambdaGbSecond * prices.lambdaGbSecond +
  effort.sqsRequest * prices.sqsRequest +
  effort.s3Put * prices.s3Put +
  effort.s3Get * prices.s3Get

/**
 * The cost on AWS of a job, until its rows are in the lake, in USD. A job that fetches pays for each page; a replay
 * pays for each object, for the messages with its events, of which each object needs one at least, and for the time of
 * reading.
 */
export function costOf(kind: Job['kind'], { requests, events, seconds }: NonNullable<Job['estimate']>): number {
  if (kind !== 'replay') return requests * usdOf(page)
  const messages = Math.max(requests, Math.ceil(events / messageLimits.rows))
  return requests * usdOf(object) + messages * usdOf(message) + seconds * readerGb * prices.lambdaGbSecond
}

/** An estimated amount for people. */
export const usdText = (usd: number): string =>
  usd < 0.01 ? 'less than 0.01 USD' : `about ${usd < 100 ? usd.toFixed(2) : Math.round(usd)} USD`
