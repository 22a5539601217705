/** A permission that an AWS service uses by itself or on a role's behalf, where a local run cannot see it. */
export interface OnBehalf {
  /** Pattern of the name of the role or service. */
  readonly principal: string
  readonly action: string
  /** Pattern of the resource in the template. */
  readonly resource: string
  readonly reason: string
  /** AWS's documentation of the permission. */
  readonly documentation: string
}

/** Exempt from the check for unused permissions. An entry is wrong if no grant matches it or a run used it. */
export const onBehalf: readonly OnBehalf[] = [
  ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    principal: '*',
    action,
    resource: 'arn:aws:logs:*:*:log-group:*',
    reason: 'Lambda sends what a function prints to CloudWatch in the name of the function. Locally it goes to a file.',
    documentation: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html',
  })),
  {
    principal: 'logging.s3.amazonaws.com',
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::opsbucket*/access-logs/*',
    reason: 'S3 itself delivers the access logs of the lake bucket. The local S3 keeps none.',
    documentation: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html',
  },
]
