/** What the value of an option can be. */
export type OptionValue = string | number | boolean | readonly string[]

/** One source as the settings file describes it. */
export interface SourceSettings {
  /** Names the source for good: it is part of URLs, rows and resource names. */
  readonly id: string
  /** A key of `sourceTypes`. */
  readonly type: string
  readonly label: string
  /** The options of the type, defaults filled in. */
  readonly options: Readonly<Record<string, OptionValue | undefined>>
}

/** The settings of one deployment, checked, with defaults filled in. */
export interface Config {
  /** Days that rows are kept. */
  readonly retentionDays: number
  readonly delivery: {
    /** Seconds that events may wait to be written together. */
    readonly windowSeconds: number
  }
  /** Hours for which a secret that was replaced still counts; 0 for not at all. */
  readonly previousSecretHours: number
  readonly sources: readonly SourceSettings[]
}
