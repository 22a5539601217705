/**
 * The alarms: what each measures, from when on it rings, and what it means. The stack makes them, `docs/runbook.md` has
 * a heading for each, and the tests drive each over its threshold.
 */

/**
 * An alarm, with how CloudWatch judges the data of a period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export interface AlarmKind {
  /** What has one alarm each. */
  readonly of: 'source' | 'queue' | 'function' | 'stack'
  /** Its heading in the runbook. @default the id in words */
  readonly heading: string
  /** What it means, in a sentence of ASCII for the mail. */
  readonly meaning: string
  /** @default `AuditLake`, for metrics of our own */
  readonly namespace: 'AuditLake' | 'AWS/Lambda' | 'AWS/SQS' | 'AWS/ApiGateway'
  readonly metric: {
    readonly name: string
    /** The function that measures it, by its handler: a dimension of every metric that functions write. */
    readonly service?: 'janitor' | 'writer' | 'merger' | 'dead-letters'
  }
  /** @default `Sum` */
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount'
  /** In seconds; one period alone decides. @default a quarter of an hour */
  readonly period: number
  /** @default `at least` */
  readonly compare: 'at least' | 'at most' | 'below'
  /** Absent where the settings have it. */
  readonly threshold?: number
  /** Whether it also rings when nothing was measured. */
  readonly ringsWithoutData?: true
}

const hour = 3_600
const day = 86_400

/** What an alarm has unless it says otherwise. */
const usual = { namespace: 'AuditLake', statistic: 'Sum', period: 900, compare: 'at least' } as const

/** The alarms by their ids: what each has of its own. */
const alarms = {
  'no-events': {
    of: 'source',
    meaning: 'No event of the source has come for as many hours as the settings allow (noEventsHours).',
    metric: { name: 'HoursSinceLastEvent', service: 'janitor' },
    statistic: 'Maximum',
    ringsWithoutData: true,
  },
  failing: {
    of: 'source',
    meaning: 'The source has failed for half an hour: its provider, the settings or AuditLake stand in the way.',
    metric: { name: 'MinutesFailing', service: 'janitor' },
    statistic: 'Maximum',
    threshold: 30,
  },
  credential: {
    of: 'source',
    meaning: 'The credential of the source is refused, was taken out, or expires within two weeks.',
    metric: { name: 'CredentialDaysLeft', service: 'janitor' },
    statistic: 'Minimum',
    compare: 'at most',
    threshold: 14,
  },
  behind: {
    of: 'source',
    meaning:
      'The source has not been read to its end for an hour, so that its newest events are missing from the tables.',
    metric: { name: 'MinutesBehind', service: 'janitor' },
    statistic: 'Maximum',
    threshold: 60,
  },
  'dead-letters': {
    of: 'stack',
    meaning: 'Messages that could not be written are archived until an operator sends them back or deletes them.',
    metric: { name: 'OpenDeadLetters', service: 'janitor' },
    statistic: 'Maximum',
    threshold: 1,
  },
  failures: {
    of: 'stack',
    meaning: 'Parts of what providers sent could not be read as events; they are kept in classification_failures.',
    metric: { name: 'FailuresWritten', service: 'writer' },
    period: hour,
    threshold: 1,
  },
  'unsent-messages': {
    of: 'stack',
    meaning: 'Messages that no queue accepted have waited in S3 for ten minutes, and their events are in no table yet.',
    // Measured once a minute, and only while there are some.
    metric: { name: 'UnsentMessages', service: 'janitor' },
    statistic: 'SampleCount',
    threshold: 10,
  },
  'failed-writes': {
    of: 'stack',
    meaning: 'Rows could not be written into the lake five times within a quarter of an hour; they are tried again.',
    metric: { name: 'BatchItemFailures', service: 'writer' },
    statistic: 'SampleCount',
    threshold: 5,
  },
  'letters-not-archived': {
    of: 'stack',
    meaning: 'Dead letters could not be archived; their queue drops them after 14 days.',
    metric: { name: 'NotArchived', service: 'dead-letters' },
    threshold: 1,
  },
  'queue-age': {
    of: 'queue',
    // SQS leaves aside messages that were received three times: failed-writes tells of those.
    meaning:
      'A message has waited for a quarter of an hour, so that its events are in no table yet, or its dead letter is not archived.',
    namespace: 'AWS/SQS',
    metric: { name: 'ApproximateAgeOfOldestMessage' },
    statistic: 'Maximum',
    threshold: 900,
  },
  'function-errors': {
    of: 'function',
    meaning: 'The function has failed three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Errors' },
    threshold: 3,
  },
  throttles: {
    of: 'function',
    meaning: 'Lambda had no room for the function three times within a quarter of an hour.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Throttles' },
    threshold: 3,
  },
  'api-errors': {
    of: 'stack',
    heading: 'API errors',
    meaning: 'Webhooks were answered with an error of the server; a provider that does not send again has lost events.',
    namespace: 'AWS/ApiGateway',
    metric: { name: '5xx' },
    threshold: 1,
  },
  'requests-lost': {
    of: 'stack',
    meaning:
      'Webhooks were too large (413), too many (429), or met an error (5xx); a provider that does not send again has lost events.',
    metric: { name: 'RequestsLost' },
    threshold: 1,
  },
  'janitor-silent': {
    of: 'stack',
    meaning:
      'The janitor has not run for five minutes to a quarter of an hour: nothing measures the sources, and nothing is sent again.',
    namespace: 'AWS/Lambda',
    metric: { name: 'Invocations' },
    period: 300,
    compare: 'below',
    threshold: 1,
    ringsWithoutData: true,
  },
  'merge-behind': {
    of: 'stack',
    meaning:
      'A day of a table has waited two hours to be merged, so that rows may be there twice and queries are slow.',
    metric: { name: 'OldestUnmergedSeconds', service: 'janitor' },
    statistic: 'Maximum',
    period: hour,
    threshold: 7_200,
  },
  'corrupt-files': {
    of: 'stack',
    meaning: 'A data file cannot be read and was taken off its list.',
    metric: { name: 'CorruptFiles', service: 'merger' },
    period: day,
    threshold: 1,
  },
  'orphan-files': {
    of: 'stack',
    meaning: 'Warning: data files on no list were found and removed, as a killed function leaves them.',
    metric: { name: 'OrphanFiles', service: 'janitor' },
    period: day,
    threshold: 1,
  },
  'schema-drift': {
    of: 'stack',
    meaning: 'Warning: events have members or values that no column holds exactly. They are kept in p_unmapped.',
    metric: { name: 'UnmappedRows', service: 'writer' },
    period: day,
    threshold: 1,
  },
} as const satisfies Readonly<Record<string, Partial<AlarmKind> & Omit<AlarmKind, keyof typeof usual | 'heading'>>>

export type AlarmId = keyof typeof alarms

const inWords = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ')

/** The alarms by their ids, which are the anchors of their headings in the runbook. */
export const alarmPlan = Object.fromEntries(
  Object.entries(alarms).map(([id, own]): [string, AlarmKind] => [id, { heading: inWords(id), ...usual, ...own }]),
) as Readonly<Record<AlarmId, AlarmKind>>

export const alarmIds = Object.keys(alarmPlan) as AlarmId[]

/** Where an alarm is explained. */
export const runbookLink = (id: AlarmId): string => `docs/runbook.md#${id}`

/** The name of an alarm after that of the stack. @param what the source or queue; absent for what there is once */
export const alarmName = (id: AlarmId, what?: string): string => (what === undefined ? id : `${id} ${what}`)
