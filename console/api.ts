/**
 * What the page and its server say to each other: JSON over HTTP, each request with the token of the start as
 * `Authorization: Bearer <token>`. Times are milliseconds since 1970. An error has a status of 400 or more and an
 * {@link ApiError}; 503 says that the run is still starting, or that the deployment cannot be opened.
 */

import type { ProviderForm } from '../lambdas/connectors/manifest-set-up.ts'
import type { FeedFacts } from '../lambdas/core/standing/feeds.ts'
import type { Standing } from '../lambdas/core/standing/standing.ts'
import type { SavedQuery } from '../schemas/compiler/saved-queries.ts'

/** Why a request was not answered, for a person: what was wrong, and what to do. */
export interface ApiError {
  readonly error: string
}

/** A value of a row. Lists, structs and whole numbers beyond JavaScript's precision are JSON text. */
export type Value = string | number | boolean | null

/** A text of others, cut when it is long. */
export interface LongText {
  readonly text: string
  /** Bytes of the whole text. */
  readonly bytes: number
  /** Whether `text` is only its beginning. */
  readonly isCut: boolean
}

/** `GET /api/overview`: the sources and what needs a person. */
export interface Overview {
  readonly place: Place
  readonly now: number
  readonly sources: readonly SourceCard[]
  readonly totals: {
    readonly needPerson: number
    readonly openFailures: number
    readonly deadLetters: number
  }
  /** Alarms that ring; absent where only AWS knows. */
  readonly alarms?: readonly RingingAlarm[]
}

/** What the page looks at. */
export interface Place {
  readonly kind: 'local' | 'aws'
  /** The data folder, or the name of the ops bucket. */
  readonly name: string
  /** Whether simulated providers send. */
  readonly simulated: boolean
}

export interface RingingAlarm {
  readonly name: string
  /** The first sentence of what it means. */
  readonly meaning: string
  /** The heading in docs/runbook.md. */
  readonly heading: string
}

/** A source, or one stream of it, as `npm run status` has it. */
export interface SourceCard extends Omit<FeedFacts, 'table' | 'window' | 'backlogs' | 'objects'> {
  readonly standing: Standing
  /** How far reading is behind; absent for webhooks. */
  readonly lagMs?: number
  readonly openFailures: number
  readonly deadLetters: number
  /** Whether the page can connect it. */
  readonly canConnect: boolean
}

/** `GET /api/rates`: events that became rows, by the time of their receipt; asked for less often than the overview. */
export interface Rates extends Cost {
  readonly tables: readonly {
    readonly source: string
    readonly table: string
    /** The stream whose card shows it, if the source has several. */
    readonly stream?: string
    readonly hour: Counts
    readonly day: Counts
  }[]
}

/** Counts over equal spans of time, the oldest first. */
export interface Counts {
  /** Beginning of the first span. */
  readonly from: number
  readonly stepMs: number
  readonly counts: readonly number[]
}

/**
 * `GET /api/events?search=&source=&days=&before=&limit=`: the newest rows of `all_events`. `search` finds a text in any
 * indicator (`p_any_*`), name or id; `days` is how many days to look back (default 7), `limit` at most 500 (default
 * 100).
 */
export interface Events extends Cost {
  readonly rows: readonly EventRow[]
  /** Passed as `before` for older rows; absent at the end. */
  readonly next?: string
}

/** A row of `all_events`, with the names that the page shows. */
export interface EventRow {
  readonly id: string
  /** The table that holds it, and its day, to open it. */
  readonly table: string
  readonly dt: string
  readonly at: number
  readonly product: string
  readonly source: string
  readonly operation: string
  readonly status?: string
  readonly who?: string
  readonly address?: string
  readonly resource?: string
}

/** `GET /api/event?table=&dt=&id=`: one row with all of its columns. */
export interface WholeEvent extends Cost {
  /** Columns that are not null, in the order of the table. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly value: LongText }[]
  readonly nulls: number
  /**
   * The event as it came, indented JSON: rendered from the row by the law that `npm run normalize -- --prove` checks.
   */
  readonly event: LongText
}

/** `GET /api/failures`: what became no row. */
export interface Failures extends Cost {
  /** Newest first, at most 200. */
  readonly failures: readonly Failure[]
  readonly openFailures: number
  /** Failures received, open and resolved, by reason: each for the same hours, those of the last week. */
  readonly history: readonly { readonly reason: string; readonly counts: Counts }[]
  readonly deadLetters: readonly DeadLetter[]
  readonly deadLetterTotal: number
  /** Redrives that are open or ended lately, newest first. */
  readonly redrives: readonly Redrive[]
}

export interface Failure {
  readonly id: string
  readonly dt: string
  readonly receivedAt: number
  readonly source: string
  readonly logType: string
  readonly reason: string
  readonly detail?: string
  /** The original bytes as text, with `\xNN` for what is no UTF-8. */
  readonly content: LongText
}

export interface DeadLetter {
  readonly key: string
  readonly archivedAt: number
  readonly source?: string | undefined
  readonly queue?: string | undefined
  readonly reason?: string | undefined
  readonly bytes: number
}

export interface Redrive {
  readonly id: string
  /** In words, with its progress. */
  readonly text: string
  readonly isOpen: boolean
}

/** `POST /api/redrive`: orders a job of the janitor. Answered by {@link Redrive}. */
export interface RedriveRequest {
  readonly kind: 'failures' | 'dead-letters'
  readonly source?: string
  readonly reason?: string
  readonly logType?: string
  readonly queue?: string
}

/** `GET /api/runs?hours=`: what the pipeline did, `hours` back (default 24, at most 168). */
export interface Runs extends Cost {
  readonly from: number
  readonly to: number
  readonly lanes: readonly RunLane[]
}

/** The runs of one stream, or with the source `merges` the merges of one table, which is then the stream. */
export interface RunLane {
  readonly source: string
  readonly stream: string
  readonly runs: readonly Run[]
  /** Spans of event time that no run has read to its end. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[]
}

export interface Run {
  /** run, idle, sweep, reconcile, backfill, replay, listing, recovery or merge. */
  readonly kind: string
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: string
  readonly detail?: string
  /** The window of event time that it read; a listing has none. */
  readonly window?: { readonly from: number; readonly to: number }
  readonly fetched?: number
  readonly published?: number
}

/** `GET /api/sql`: what can be asked. */
export interface SqlCatalog {
  readonly tables: readonly {
    readonly name: string
    readonly isView: boolean
    readonly description: string
    readonly columns: readonly { readonly name: string; readonly type: string; readonly description?: string }[]
  }[]
  readonly saved: readonly Omit<SavedQuery, 'example'>[]
}

/** `POST /api/sql`: one statement that reads, or a saved query with its values. */
export type SqlRequest =
  | { readonly sql: string }
  | { readonly saved: string; readonly set: Readonly<Record<string, string>> }

export interface SqlResult extends Cost {
  readonly columns: readonly string[]
  /** At most 10,000; a value above 64 kB is cut, and ends in `…`. */
  readonly rows: readonly (readonly Value[])[]
  /** Rows of the whole result, which may be more. */
  readonly total: number
  /** Whether there may be more than `total`: rows are not counted on AWS, and in a local run up to the time limit. */
  readonly isAtLeast?: boolean
  readonly elapsedMs: number
  /** The SQL of a saved query with its values filled in. */
  readonly statement?: string
}

/** What Athena read to answer, which it bills; absent in a local run. */
export interface Cost {
  readonly scannedBytes?: number
}

/** `GET /api/connect/<source>`: the provider's form, and the state of the credential. */
export interface ConnectForm {
  readonly source: string
  readonly label: string
  readonly type: string
  readonly plan: string
  /** One of them is filled in. */
  readonly forms: readonly Form[]
  readonly events: readonly { readonly label: string; readonly shows: string }[]
  /** The kinds of credential that can be typed in; empty for a webhook, whose secret the stack has made. */
  readonly credentials: readonly (Form & { readonly putIn: string })[]
  /** Whether a webhook's secret can be shown. */
  readonly hasSecret: boolean
  readonly works: string
  /** What else to know, such as that the address is reachable from this machine only. */
  readonly hints: readonly string[]
}

/** A form of the provider with the values of the source. */
export type Form = Omit<ProviderForm, 'when'>

/** `POST /api/connect/<source>/secret`: the secret of a webhook. */
export interface ShownSecret {
  readonly secret: string
}

/** `POST /api/connect/<source>/credential`: stores a credential and has the source's function check it. */
export interface CredentialRequest {
  readonly credential: string
}

export interface CredentialResult {
  readonly works: boolean
  /** What was checked, a line each, and whether the former credential is back. */
  readonly lines: readonly { readonly text: string; readonly ok: boolean }[]
}

/**
 * `GET /api/connect/<source>/wait?since=`: whether an event of the source has become a row. Asked again every two
 * seconds, with the time at which the wait began.
 */
export interface Waited {
  /** What is seen so far, a sentence. */
  readonly text: string
  readonly found?: { readonly table: string; readonly eventAt: number; readonly receivedAt: number }
}
