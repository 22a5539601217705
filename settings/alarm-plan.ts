/**
 * The alarms: what each measures, from when on it rings, and what it means. The stack makes them, `docs/runbook.md` has a heading for
 * each, and the tests drive each over its threshold.
 */

/** A metric by its name. */
export interface WatchedMetric {
  readonly name: string
  /** The function that measures it, by its handler: a dimension of every metric that functions write. */
  readonly service?: 'janitor' | 'writer' | 'merger' | 'dead-letters'
}

/** How CloudWatch judges the data of a period. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html */
export interface AlarmRule {
  /** `AuditLake` for metrics of our own. */
  readonly namespace: 'AuditLake' | 'AWS/Lambda' | 'AWS/SQS' | 'AWS/ApiGateway'
  readonly metric: WatchedMetric
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
  /** What has one alarm each. */
  readonly of: 'source' | 'queue' | 'function' | 'stack'
  /** Its heading in the runbook. */
  readonly heading: string
  /** What it means, in a sentence of ASCII for the mail. */
  readonly meaning: string
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
    metric: { name: 'HoursSinceLastEvent', service: 'janitor' },
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
    metric: { name: 'MinutesFailing', service: 'janitor' },
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
    metric: { name: 'CredentialDaysLeft', service: 'janitor' },
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
    metric: { name: 'MinutesBehind', service: 'janitor' },
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
    metric: { name: 'OpenDeadLetters', service: 'janitor' },
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
    metric: { name: 'FailuresWritten', service: 'writer' },
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
    metric: { name: 'UnsentMessages', service: 'janitor' },
    statistic: 'SampleCount',
    period: quarter,
    compare: 'at least',
    threshold: 10,
  },
  'failed-writes': {
    of: 'stack',
    heading: 'Failed writes',
    meaning: 'Rows could not be written into the lake five times within a quarter of an hour; they are tried again.',
    namespace: 'AuditLake',
    metric: { name: 'BatchItemFailures', service: 'writer' },
    statistic: 'SampleCount',
    period: quarter,
    compare: 'at least',
    threshold: 5,
  },
  'letters-not-archived': {
    of: 'stack',
    heading: 'Letters not archived',
    meaning: 'Dead letters could not be archived; their queue drops them after 14 days.',
    namespace: 'AuditLake',
    metric: { name: 'NotArchived', service: 'dead-letters' },
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 1,
  },
  'queue-age': {
    of: 'queue',
    heading: 'Queue age',
    // SQS leaves aside messages that were received three times: failed-writes tells of those.
    meaning: 'A message has waited for a quarter of an hour, so that its events are in no table yet.',
    namespace: 'AWS/SQS',
    metric: { name: 'ApproximateAgeOfOldestMessage' },
    statistic: 'Maximum',
    period: quarter,
    compare: 'at least',
    threshold: 900,
  },
  'function-errors': {
    of: 'function',
    heading: 'Function errors',
    meaning: 'The function has failed three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Errors' },
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 3,
  },
  throttles: {
    of: 'function',
    heading: 'Throttles',
    meaning: 'Lambda had no room for the function three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Throttles' },
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
    metric: { name: '5xx' },
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
    metric: { name: 'RequestsLost' },
    statistic: 'Sum',
    period: quarter,
    compare: 'at least',
    threshold: 1,
  },
  'janitor-silent': {
    of: 'stack',
    heading: 'Janitor silent',
    meaning:
      'The janitor has not run for five minutes to a quarter of an hour: nothing measures the sources, and nothing is sent again.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Invocations' },
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
    metric: { name: 'OldestUnmergedSeconds', service: 'janitor' },
    statistic: 'Maximum',
    period: hour,
    compare: 'at least',
    threshold: 7_200,
  },
  'corrupt-files': {
    of: 'stack',
    heading: 'Corrupt files',
    meaning: 'A data file cannot be read and was taken off its list.',
    namespace: 'AuditLake',
    metric: { name: 'CorruptFiles', service: 'merger' },
    statistic: 'Sum',
    period: day,
    compare: 'at least',
    threshold: 1,
  },
  'orphan-files': {
    of: 'stack',
    heading: 'Orphan files',
    meaning: 'Warning: data files on no list were found and removed, as a killed function leaves them.',
    namespace: 'AuditLake',
    metric: { name: 'OrphanFiles', service: 'janitor' },
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
    metric: { name: 'UnmappedRows', service: 'writer' },
    statistic: 'Sum',
    period: day,
    compare: 'at least',
    threshold: 1,
  },
} as const satisfies Readonly<Record<string, AlarmKind>>

export type AlarmId = keyof typeof alarmPlan

export const alarmIds = Object.keys(alarmPlan) as AlarmId[]

/** Where an alarm is explained. */
export const runbookLink = (id: AlarmId): string => `docs/runbook.md#${id}`

/** The name of an alarm after that of the stack. @param what the source or queue; absent for what there is once */
export const alarmName = (id: AlarmId, what?: string): string => (what === undefined ? id : `${id} ${what}`)
