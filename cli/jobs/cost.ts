/** Public prices in USD, region us-east-1, without any free tier. */
const prices = {
  /** An arm64 function, for each GB and second: https://aws.amazon.com/lambda/pricing/ */
  lambdaGbSecond: 0.000_013_333_4,
  /** A request to a standard queue: https://aws.amazon.com/sqs/pricing/ */
  sqsRequest: 0.4 / 1_000_000,
  /** Requests to S3 Standard: https://aws.amazon.com/s3/pricing/ */
  s3Put: 0.005 / 1_000,
  s3Get: 0.000_4 / 1_000,
}

/** What a page of events takes until its rows are in the lake, by and large. */
const page = {
  /** The source's function has 512 MB, and a provider takes some 0.4 s to answer. */
  lambdaGbSecond: 0.5 * 0.4,
  /** Sent, received, deleted. */
  sqsRequest: 3,
  /** How far the job has come, a data file, the list of its partition. */
  s3Put: 3,
  /** What is there already, and the list before it is changed. */
  s3Get: 3,
}

const pageUsd =
  page.lambdaGbSecond * prices.lambdaGbSecond +
  page.sqsRequest * prices.sqsRequest +
  page.s3Put * prices.s3Put +
  page.s3Get * prices.s3Get

/** What it costs on AWS to fetch so many pages and to store what they hold, in USD. */
export const costOf = (pages: number): number => pages * pageUsd

/** An amount that is an estimate. */
export const usdText = (usd: number): string =>
  usd < 0.01 ? 'less than 0.01 USD' : `about ${usd < 100 ? usd.toFixed(2) : Math.round(usd)} USD`
