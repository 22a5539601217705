import { fstatSync, linkSync } from 'node:fs'
import path from 'node:path'
import { BoundedFile } from '../../bounded-file.ts'

/** One decision on an action. */
export interface Decision {
  /** ISO 8601. */
  readonly time: string
  /** A function, a role that a service uses, a service, or the operator. */
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly allowed: boolean
  /** The deciding statement, such as `WriterPolicy[2]`; null when none matched. */
  readonly statement: string | null
  /** Number of such decisions, of which `time` is the last. Absent for one. */
  readonly count?: number
}

/** One allowed action on one resource; both are patterns. */
export interface Grant {
  /** Name of the role, or of the service that the policy of a resource names. */
  readonly principal: string
  readonly statement: string
  readonly action: string
  readonly resource: string
  /** Empty when the grant is unconditional. */
  readonly condition: string
}

/** The head of a run's log. */
export interface RunOfDecisions {
  readonly grants: readonly Grant[]
  /** Whether the run provokes refusals on purpose. */
  readonly expectRefusals: boolean
}

/** Names a folder that collects the decisions of every run below this process, even after their data is deleted. */
export const collectionVariable = 'AUDIT_LAKE_DECISIONS'

/** Number of decisions whose repeats are counted instead of written. */
const remembered = 10_000

interface Repeats {
  /** Repeats since the decision was last written. */
  count: number
  last: Decision
}

/**
 * The decisions of a run as lines of JSON, headed by a line with the template's grants. A decision is written the first
 * time it is made. Its repeats are counted, and written when the log closes or makes room.
 */
export class DecisionLog {
  readonly #file: BoundedFile
  readonly #runs: RunOfDecisions[] = []
  readonly #written = new Map<string, Repeats>()

  /**
   * @param collection Folder in which the same file is linked under another name, and outlives the data folder.
   * @param limitBytes The size at which a new file begins.
   */
  constructor(file: string, collection: string | undefined, limitBytes?: number) {
    this.#file = new BoundedFile(file, {
      append: collection !== undefined,
      ...(limitBytes !== undefined && { limitBytes }),
      onOpen: (descriptor) => {
        // Each file carries the grants, to compare with their use.
        const beginning = this.#runs.map(line).join('') + this.#repeats()
        if (collection === undefined) return beginning
        linkOnce(file, path.join(collection, `${fstatSync(descriptor).ino}.ndjson`))
        // A killed process may have left half a line.
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

  /** Drains the map: the lines for repeats, while the written decisions are forgotten. */
  #repeats(): string {
    const repeated = [...this.#written.values()].filter(({ count }) => count > 0)
    this.#written.clear()
    return repeated.map(({ count, last }) => line({ ...last, count })).join('')
  }
}

function line(entry: Decision | RunOfDecisions): string {
  return `${JSON.stringify(entry)}\n`
}

/** A later run in the same folder finds its file linked already. */
function linkOnce(file: string, link: string): void {
  try {
    linkSync(file, link)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
