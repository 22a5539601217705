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

const pageUsd =
  page.lambdaGbSecond * prices.lambdaGbSecond +
  page.sqsRequest * prices.sqsRequest +
  page.s3Put * prices.s3Put +
  page.s3Get * prices.s3Get

/** The cost on AWS of fetching pages and storing their events, in USD. */
export const costOf = (pages: number): number => pages * pageUsd

/** An estimated amount for people. */
export const usdText = (usd: number): string =>
  usd < 0.01 ? 'less than 0.01 USD' : `about ${usd < 100 ? usd.toFixed(2) : Math.round(usd)} USD`
