import { closeSync, fstatSync, linkSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'

/** The answer to one question that IAM would be asked. */
export interface Decision {
  /** ISO 8601. */
  readonly time: string
  /** A function, a role that a service uses, a service, or the operator. */
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly allowed: boolean
  /** The statement that decided, such as `WriterPolicy[2]`; null when there was none. */
  readonly statement: string | null
}

/** An action on a resource that a statement of the template allows; patterns both. */
export interface Grant {
  /** Name of the role that has it, or of the service that a resource's policy speaks of. */
  readonly principal: string
  readonly statement: string
  readonly action: string
  readonly resource: string
  /** Under which condition; empty when there is none. */
  readonly condition: string
}

/** What a run says of itself before its requests are decided. */
export interface RunOfDecisions {
  readonly grants: readonly Grant[]
  /** Whether refusals are what the run is about. */
  readonly expectRefusals: boolean
}

/** Names a folder in which the decisions of every run below this process are to be had even when their data is gone. */
export const collectionVariable = 'AUDIT_LAKE_DECISIONS'

/**
 * The decisions of a run as lines of JSON, and a line that says what the template grants. Each line is out when it has
 * been written.
 */
export class DecisionLog {
  readonly #file: number

  /** @param collection Folder that gets the same file under another name, and keeps what earlier runs wrote into it. */
  constructor(file: string, collection: string | undefined) {
    this.#file = openSync(file, collection === undefined ? 'w' : 'a', 0o600)
    if (collection === undefined) return
    linkOnce(file, path.join(collection, `${fstatSync(this.#file).ino}.ndjson`))
    // A process that was killed may have left half a line.
    writeSync(this.#file, '\n')
  }

  write(entry: Decision | RunOfDecisions): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The next run in the same folder finds its file linked already. */
function linkOnce(file: string, link: string): void {
  try {
    linkSync(file, link)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
