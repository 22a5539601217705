export type OptionValue = string | number | boolean | readonly string[] | OptionValues

/** Options by name. */
export interface OptionValues {
  readonly [name: string]: OptionValue | undefined
}

/** One source as the settings file describes it. */
export interface SourceSettings {
  /** Must never change: it is part of URLs, rows and resource names. */
  readonly id: string
  /** A key of `sourceTypes`. */
  readonly type: string
  readonly label: string
  /** Hours without an event after which an alarm rings; 0 for never. @default as the settings say for all */
  readonly noEventsHours?: number | undefined
  /** The options of the type, with defaults filled in. */
  readonly options: OptionValues
}

/** How many requests each webhook route takes; API Gateway answers 429 to others. */
export interface Throttle {
  readonly requestsPerSecond: number
  /** Requests at once. */
  readonly burst: number
}

/** Who is told when something needs a person, and when that is. */
export interface AlarmSettings {
  /** Addresses that get a mail when an alarm begins and ends. */
  readonly emails: readonly string[]
  /** Hours without an event of a source after which an alarm rings; 0 for never. */
  readonly noEventsHours: number
  /** Hours in which a new source may have no event, because it is being set up. */
  readonly setUpGraceHours: number
  /** Whether the stack has a dashboard. */
  readonly dashboard: boolean
}

/** A domain name of the operator's for the URLs of webhooks and consents. */
export interface CustomDomain {
  readonly domainName: string
  /** Of AWS Certificate Manager, in the account and region of the stack. */
  readonly certificateArn: string
}

/** The validated settings of one deployment, with defaults filled in. */
export interface Config {
  /** Retention of rows in days. */
  readonly retentionDays: number
  /** How much data one query in Athena may read, in gigabytes; 0 for any amount. */
  readonly queryLimitGB: number
  readonly delivery: {
    /** How long events may wait to be written together, in seconds. */
    readonly windowSeconds: number
  }
  /** How often small data files are looked for and merged, in seconds. */
  readonly mergeEverySeconds: number
  /** How long a replaced secret is still accepted, in hours; 0 for not at all. */
  readonly previousSecretHours: number
  readonly throttle: Throttle
  readonly alarms: AlarmSettings
  /** Without it, URLs have the name that API Gateway gives. */
  readonly customDomain?: CustomDomain | undefined
  /** Name of a bucket with rows that an earlier stack left; absent for a new one. */
  readonly lakeBucketName?: string | undefined
  /** Name of the bucket for everything else that an earlier stack left; absent for a new one. */
  readonly opsBucketName?: string | undefined
  /** ARNs of secrets that an earlier stack left, by `secretKey`; the others are made. */
  readonly secretArns?: Readonly<Record<string, string>> | undefined
  readonly sources: readonly SourceSettings[]
}
