import { embeddedValues, embedsMetrics } from '../aws/cloudwatch/embedded-metrics.ts'
import type { Json } from '../json.ts'
import { onOneLine } from './one-line.ts'
import type { Explained } from './standing-text.ts'

/** The traffic of one source since the start. */
export interface SourceFigures {
  readonly source: string
  events: number
  rejected: number
  rows: number
  /** The latest time of receipt among the rows, in epoch milliseconds; undefined before the first row. */
  newest: number | undefined
}

/** The state of a source, for the view of a run. */
export interface SourceState extends Explained {
  readonly needsPerson: boolean
  /** When its newest event is known to have come, in epoch milliseconds. */
  readonly lastEventAt?: number | undefined
}

/** The failures of one function since the start. */
export interface FailureFigures {
  readonly functionName: string
  count: number
  /** The latest message, in one line. */
  message: string
}

/** An alarm that rings. */
export interface RingingAlarm {
  readonly name: string
  readonly description: string
}

/** Adds up the functions' metrics and errors. */
export class RunFigures {
  readonly sources: SourceFigures[]
  readonly failures: FailureFigures[] = []
  /** By source; empty until the stores could be read. */
  states: ReadonlyMap<string, SourceState> = new Map()
  /** The alarms that ring now. */
  alarms: readonly RingingAlarm[] = []
  /** Rows in the lake when the run began, by source; undefined until they have been counted. */
  rowsBefore: ReadonlyMap<string, number> | undefined
  #deadLetters = 0
  /** Messages that no queue took, by the janitor's latest count. */
  #unsent = 0
  #oldestUnsentSeconds = 0

  /** @param sources ids to show from the start */
  constructor(sources: readonly string[]) {
    this.sources = sources.map(emptyFigures)
  }

  /** Takes a parsed line of a function's output. Only metrics in CloudWatch's embedded format count. */
  record(line: unknown): void {
    if (!embedsMetrics(line, 'AuditLake')) return
    const service = String(line.service)
    const unprocessed = total(line.BatchItemFailures)
    if (unprocessed > 0) this.functionFailed(service, 'messages could not be processed and come again', unprocessed)
    this.#deadLetters += total(line.DeadLetters)
    // Metrics of zero are not written: a round that leaves nothing says how many it has sent.
    if (line.UnsentMessages !== undefined || line.Resent !== undefined) {
      this.#unsent = total(line.UnsentMessages)
      this.#oldestUnsentSeconds = total(line.OldestUnsentSeconds)
    }
    if (typeof line.source !== 'string') return
    const figures = this.#figuresOf(line.source)
    figures.events += total(line.EventsReceived)
    figures.rejected += total(line.EventsRejected)
    figures.rows += total(line.RowsWritten)
    const newest = Date.parse(String(line.newestReceivedAt))
    if (!Number.isNaN(newest)) figures.newest = Math.max(figures.newest ?? 0, newest)
  }

  /** Warnings for the operator: subject and figures. */
  get warnings(): (readonly [string, string])[] {
    const unsent = ['unsent messages', `${this.#unsent}, the oldest for ${this.#oldestUnsentSeconds} s`] as const
    const dead = ['dead letters', `${this.#deadLetters}, kept under dead/ in the ops bucket`] as const
    return [...(this.#unsent > 0 ? [unsent] : []), ...(this.#deadLetters > 0 ? [dead] : [])]
  }

  functionFailed(functionName: string, message: string, count = 1): void {
    let figures = this.failures.find((one) => one.functionName === functionName)
    if (!figures) {
      figures = { functionName, count: 0, message: '' }
      this.failures.push(figures)
    }
    figures.count += count
    figures.message = onOneLine(message)
  }

  #figuresOf(source: string): SourceFigures {
    const known = this.sources.find((one) => one.source === source)
    if (known) return known
    const added = emptyFigures(source)
    this.sources.push(added)
    return added
  }
}

function emptyFigures(source: string): SourceFigures {
  return { source, events: 0, rejected: 0, rows: 0, newest: undefined }
}

const total = (value: Json | undefined): number => embeddedValues(value).reduce((sum, one) => sum + one, 0)
