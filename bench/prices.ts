import type { StoreCalls } from './store-calls.ts'

/** Hours of a month, as AWS counts them. */
export const monthHours = 730

/**
 * Dollars for each call: list prices of us-east-1 without free tiers. https://aws.amazon.com/s3/pricing/
 * https://aws.amazon.com/sqs/pricing/ https://aws.amazon.com/secrets-manager/pricing/
 */
export const callPrices: Readonly<Record<keyof StoreCalls, number>> = {
  puts: 0.005 / 1_000,
  lists: 0.005 / 1_000,
  gets: 0.0004 / 1_000,
  sends: 0.4 / 1e6,
  receives: 0.4 / 1e6,
  removes: 0.4 / 1e6,
  secrets: 0.05 / 10_000,
}

/**
 * Dollars for what is not a call to a store.
 * https://aws.amazon.com/lambda/pricing/ (Arm) https://aws.amazon.com/api-gateway/pricing/
 * https://aws.amazon.com/cloudwatch/pricing/ https://aws.amazon.com/eventbridge/pricing/
 */
export const prices = {
  lambdaCall: 0.2 / 1e6,
  lambdaGBSecond: 0.0000133334,
  /** Of the room below /tmp beyond 512 MB. */
  diskGBSecond: 0.0000000309,
  httpRequest: 1 / 1e6,
  scheduledCall: 1 / 1e6,
  logGB: 0.5,
  /** A month of each. */
  metric: 0.3,
  secret: 0.4,
} as const

/** What cannot be counted here: how long functions run on AWS, in seconds, and the bytes that AWS itself logs. */
export const estimates = {
  webhook: 0.02,
  idlePoll: 0.3,
  idleJanitor: 0.1,
  /** A receive without a message. */
  idleMerger: 0.1,
  /** A second of waiting for the messages of each queue, and the start. */
  idleWriter: 2.1,
  /** Writing a file, beyond that. */
  file: 0.25,
  /** Of the access log, for each request. */
  accessLogBytes: 560,
  /** START, END and REPORT of each call. */
  callLogBytes: 340,
  /** Lambda receives from the queue of dead letters with five pollers, each three times a minute. */
  deadLetterReceives: 15 * 60 * monthHours,
} as const
