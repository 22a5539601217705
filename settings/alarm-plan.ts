/**
 * The alarms: what each measures, from when on it rings, and what it means. The stack makes them, `docs/runbook.md` has a heading for
 * each, and the tests drive each over its threshold.
 */

/** A metric by its name. */
export interface WatchedMetric {
  readonly name: string
  /** The function that measures it, by its handler: a dimension of every metric that functions write. */
  readonly service?: 'janitor' | 'writer' | 'merger'
}

/** How CloudWatch judges the data of a period. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
export interface AlarmRule {
  /** `AuditLake` for metrics of our own. */
  readonly namespace: 'AuditLake' | 'AWS/Lambda' | 'AWS/SQS' | 'AWS/ApiGateway'
  /** Several are added up. */
  readonly metrics: readonly [WatchedMetric, ...WatchedMetric[]]
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount'
  /** In seconds; one period alone decides. */
  readonly period: number
  readonly compare: 'at least' | 'at most' | 'below'
  /** Absent where the settings have it. */
  readonly threshold?: number
  /** Whether it also rings when nothing was measured. */
  readonly ringsWithoutData?: true
}

export interface AlarmKind extends AlarmRule {
  /** What has one alarm each; `functions` share one for up to nine of them. */
  readonly of: 'source' | 'queue' | 'functions' | 'stack'
  /** What has no such alarm. */
  readonly heading: string
  /** What it means, in a sentence of ASCII for the mail. */
  readonly meaning: string
  /** A warning loses nothing. */
  readonly isWarning?: true
}

const quarter = 900
const hour = 3_600
const day = 86_400

/** The alarms by their ids, which are the anchors of their headings in the runbook. */
export const alarmPlan = {
  'no-events': {
    of: 'source',
    heading: 'No events',
    meaning: 'No event of the source has come for as many hours as the settings allow (noEventsHours).',
    namespace: 'AuditLake',
    metrics: [{ name: 'HoursSinceLastEvent', service: 'janitor' }],
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    ringsWithoutData: true,
  },
  failing: {
    of: 'source',
    heading: 'Failing',
    meaning: 'The source has failed for half an hour: its provider, the settings or AuditLake stand in the way.',
    namespace: 'AuditLake',
    metrics: [{ name: 'MinutesFailing', service: 'janitor' }],
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    threshold: 30,
  },
  credential: {
    of: 'source',
    heading: 'Credential',
    meaning: 'The credential of the source is refused, was taken out, or expires within two weeks.',
    namespace: 'AuditLake',
    metrics: [{ name: 'CredentialDaysLeft', service: 'janitor' }],
    statistic: 'Minimum',
    period: quarter,
    compare: 'at most',
    threshold: 14,
  },
  behind: {
    of: 'source',
    heading: 'Behind',
    meaning:
      'The source has not been read to its end for an hour, so that its newest events are missing from the tables.',
    namespace: 'AuditLake',
    metrics: [{ name: 'MinutesBehind', service: 'janitor' }],
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    threshold: 60,
  },
  'dead-letters': {
    of: 'stack',
    heading: 'Dead letters',
    meaning: 'Messages that could not be written are archived and wait for somebody.',
    namespace: 'AuditLake',
    metrics: [{ name: 'OpenDeadLetters', service: 'janitor' }],
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    threshold: 1,
  },
  failures: {
    of: 'stack',
    heading: 'Failures',
    meaning: 'Parts of what providers sent could not be read as events; they are kept in classification_failures.',
    namespace: 'AuditLake',
    metrics: [{ name: 'FailuresWritten', service: 'writer' }],
    statistic: 'Sum',
    period: hour,
    compare: 'at least',
    threshold: 1,
  },
  'unsent-messages': {
    of: 'stack',
    heading: 'Unsent messages',
    meaning: 'Messages that no queue accepted have waited in S3 for ten minutes, and their events are in no table yet.',
    namespace: 'AuditLake',
    // Measured once a minute, and only while there are some.
    metrics: [{ name: 'UnsentMessages', service: 'janitor' }],
    statistic: 'SampleCount',
    period: quarter,
    compare: 'at least',
    threshold: 10,
  },
  'queue-age': {
    of: 'queue',
    heading: 'Queue age',
    meaning: 'A message has waited for a quarter of an hour, so that its events are in no table yet.',
    namespace: 'AWS/SQS',
    metrics: [{ name: 'ApproximateAgeOfOldestMessage' }],
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    threshold: 900,
  },
  'function-errors': {
    of: 'functions',
    heading: 'Function errors',
    meaning: 'Functions have failed three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metrics: [{ name: 'Errors' }],
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 3,
  },
  throttles: {
    of: 'functions',
    heading: 'Throttles',
    meaning:
      'Lambda had no room for the receivers of webhooks or for the writer three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metrics: [{ name: 'Throttles' }],
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 3,
  },
  'api-errors': {
    of: 'stack',
    heading: 'API errors',
    meaning: 'Webhooks were answered with an error of the server; a provider that does not send again has lost events.',
    namespace: 'AWS/ApiGateway',
    metrics: [{ name: '5xx' }],
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 1,
  },
  'requests-lost': {
    of: 'stack',
    heading: 'Requests lost',
    meaning:
      'Webhooks were too large (413), too many (429), or met an error (5xx); a provider that does not send again has lost events.',
    namespace: 'AuditLake',
    metrics: [{ name: 'RequestsLost' }],
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 1,
  },
  'janitor-silent': {
    of: 'stack',
    heading: 'Janitor silent',
    meaning:
      'The janitor has not run for five minutes or more: nothing measures the sources, and nothing is sent again.',
    namespace: 'AWS/Lambda',
    metrics: [{ name: 'Invocations' }],
    statistic: 'Sum',
    period: 300,
    compare: 'below',
    threshold: 1,
    ringsWithoutData: true,
  },
  'merge-behind': {
    of: 'stack',
    heading: 'Merge behind',
    meaning:
      'A day of a table has waited two hours to be merged, so that rows may be there twice and queries are slow.',
    namespace: 'AuditLake',
    metrics: [{ name: 'OldestUnmergedSeconds', service: 'janitor' }],
    statistic: 'Maximum',
    period: hour,
    compare: 'at least',
    threshold: 7_200,
  },
  'damaged-files': {
    of: 'stack',
    heading: 'Damaged files',
    meaning: 'A data file cannot be read and was taken off its list, or files on no list were found and removed.',
    namespace: 'AuditLake',
    metrics: [
      { name: 'CorruptFiles', service: 'merger' },
      { name: 'OrphanFiles', service: 'janitor' },
    ],
    statistic: 'Sum',
    period: day,
    compare: 'at least',
    threshold: 1,
  },
  'schema-drift': {
    of: 'stack',
    heading: 'Schema drift',
    meaning: 'Warning: events have members that no column holds. They are kept in p_unmapped.',
    namespace: 'AuditLake',
    metrics: [{ name: 'UnmappedRows', service: 'writer' }],
    statistic: 'Sum',
    period: day,
    compare: 'at least',
    threshold: 1,
    isWarning: true,
  },
} as const satisfies Readonly<Record<string, AlarmKind>>

export type AlarmId = keyof typeof alarmPlan

/** Where an alarm is explained. */
export const runbookLink = (id: AlarmId): string => `docs/runbook.md#${id}`

/** The name of an alarm after that of the stack. @param what the source or queue; absent for what there is once */
export const alarmName = (id: AlarmId, what?: string): string => (what === undefined ? id : `${id} ${what}`)
