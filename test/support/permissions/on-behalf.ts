/** A permission that a service of AWS uses in the name of a role, or by itself, where no local run can see it. */
export interface OnBehalf {
  /** Pattern of the name of the role or of the service that has it. */
  readonly principal: string
  readonly action: string
  /** Pattern of the resource that the template names. */
  readonly resource: string
  readonly reason: string
  /** Where AWS says that the permission is needed. */
  readonly documentation: string
}

/** Taken out of what must be used in a run of all tests. An entry that no grant fits, or that a run did use, is wrong. */
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
