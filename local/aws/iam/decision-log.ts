import { fstatSync, linkSync } from 'node:fs'
import path from 'node:path'
import { BoundedFile } from '../../bounded-file.ts'

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
  /** How many calls were decided so, the last of them at that time. Absent for one. */
  readonly count?: number
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

/** Decisions that are remembered as written. */
const remembered = 10_000

interface Repeats {
  /** Since the decision was written last. */
  count: number
  last: Decision
}

/**
 * The decisions of a run as lines of JSON, and a line that says what the template grants. A decision is out as soon as it
 * is made for the first time; its repeats are counted, and their line is out when the log closes or forgets them.
 */
export class DecisionLog {
  readonly #file: BoundedFile
  readonly #runs: RunOfDecisions[] = []
  readonly #written = new Map<string, Repeats>()

  /**
   * @param collection Folder that gets the same file under another name, and keeps what earlier runs wrote into it.
   * @param limitBytes The size at which a new file begins.
   */
  constructor(file: string, collection: string | undefined, limitBytes?: number) {
    this.#file = new BoundedFile(file, {
      append: collection !== undefined,
      ...(limitBytes !== undefined && { limitBytes }),
      onOpen: (descriptor) => {
        // What is granted and what was used should be in the same file.
        const beginning = this.#runs.map(line).join('') + this.#repeats()
        if (collection === undefined) return beginning
        linkOnce(file, path.join(collection, `${fstatSync(descriptor).ino}.ndjson`))
        // A process that was killed may have left half a line.
        return `\n${beginning}`
      },
    })
  }

  begin(run: RunOfDecisions): void {
    this.#runs.push(run)
    this.#file.write(line(run))
  }

  write(decision: Decision): void {
    const { principal, action, resource, allowed, statement } = decision
    const key = JSON.stringify([principal, action, resource, allowed, statement])
    const repeats = this.#written.get(key)
    if (repeats !== undefined) {
      repeats.count++
      repeats.last = decision
      return
    }
    if (this.#written.size === remembered) this.#file.write(this.#repeats())
    this.#file.write(line(decision))
    this.#written.set(key, { count: 0, last: decision })
  }

  close(): void {
    this.#file.write(this.#repeats())
    this.#file.close()
  }

  /** The lines for what repeated, and forgets what was written. */
  #repeats(): string {
    const repeated = [...this.#written.values()].filter(({ count }) => count > 0)
    this.#written.clear()
    return repeated.map(({ count, last }) => line({ ...last, count })).join('')
  }
}

function line(entry: Decision | RunOfDecisions): string {
  return `${JSON.stringify(entry)}\n`
}

/** The next run in the same folder finds its file linked already. */
function linkOnce(file: string, link: string): void {
  try {
    linkSync(file, link)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
