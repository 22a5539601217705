import { formIn, isFlag, isNumber, isText, listOf, objectOf, oneOf, optional, type Passing } from '../json/forms.ts'
import { isBackoff } from '../poll/waiting.ts'

/**
 * An order to send failures or dead letters back through the pipeline. A command puts it into {@link redriveFolder},
 * and the janitor carries it out. All times are milliseconds since 1970.
 */
export type RedriveJob = Passing<typeof isRedriveJob>

/** What became of the failures of one log type and reason, or of the dead letters of one queue and reason. */
export type Tally = Passing<typeof isTally>

/** Why failures or dead letters stay where they are. */
export type Left = Passing<typeof isLeft>

export type RedriveCounts = Passing<typeof isCounts>

/** How far the failures have been read. */
export type Position = Passing<typeof isPosition>

const isTally = objectOf({
  /** The log type, or the queue. */
  of: isText,
  reason: isText,
  /** Sent back; of a dry run, those that would be. */
  redriven: isNumber,
  left: isNumber,
})

const isLeft = objectOf({
  why: isText,
  count: isNumber,
  /** `p_row_id` of one of the failures, or the key of one of the dead letters. */
  example: isText,
})

const isCounts = objectOf({
  tallies: listOf(isTally),
  left: listOf(isLeft),
  /** Events that failures have become. */
  events: isNumber,
})

const isPosition = objectOf({
  /** `YYYY-MM-DD`, the day that is being read. */
  day: isText,
  /** Files of the day that have been read. */
  files: isNumber,
  /** Rows of the next file that have been read. */
  rows: isNumber,
  /** A digest of the addresses of these files, which shows whether they were merged since. */
  digest: isText,
})

const isRedriveJob = objectOf({
  id: isText,
  kind: oneOf('failures', 'dead-letters'),
  createdAt: isNumber,
  /** Whether to count only. */
  dryRun: isFlag,
  /** Failures received, or dead letters archived, at this time or later. @default all */
  since: optional(isNumber),
  source: optional(isText),
  reason: optional(isText),
  /** Of failures. */
  logType: optional(isText),
  /** Of dead letters: the queue that they came from, as they name it. */
  queue: optional(isText),
  /** Of dead letters: most that are sent in a second. */
  perSecond: optional(isNumber),
  startedAt: optional(isNumber),
  counts: isCounts,
  /** The last day of failures, or the last dead letter, that was dealt with. */
  after: optional(isText),
  position: optional(isPosition),
  /** Why the last attempt failed. */
  problem: optional(isText),
  wait: optional(isBackoff),
  end: optional(oneOf('done', 'cancelled')),
  endedAt: optional(isNumber),
})

/** The folder of the jobs, as that of a source's state; sources have theirs below another prefix. */
export const redriveFolder = 'redrive/'

/** @returns `undefined` when it is not a valid job */
export const decodeRedrive = (body: Uint8Array): RedriveJob | undefined => formIn(body, isRedriveJob)
