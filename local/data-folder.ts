import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject, readObject, replaceFile } from './json.ts'
import { privateFolder } from './private-folder.ts'
import { claim, ownClaim } from './process/claim-file.ts'

/** In the data folder: each call of a store by a function, and whether the template allows it. */
export const decisionsFile = 'decisions.ndjson'

/** In the data folder: the alarms that ring. */
export const alarmsFile = 'alarms.json'

/** The folder is in use. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy'
}

/** The files of a local run. One run at a time works in a folder. */
export class DataFolder {
  readonly path: string

  private constructor(folder: string) {
    this.path = folder
  }

  /**
   * Makes the folder if it is missing, closes it to other users and takes it for this process. A folder whose run was
   * killed, or is just ending, is taken over.
   *
   * @throws {DataFolderBusy} when a living run has it.
   */
  static async claim(folder: string): Promise<DataFolder> {
    const claimed = new DataFolder(path.resolve(folder))
    try {
      privateFolder(claimed.path)
    } catch (error) {
      throw new Error(`The data folder ${claimed.path} cannot be made or used: ${reason(error)}`, { cause: error })
    }
    const pid = await survivingRun(claimed.in(runFile))
    if (pid !== undefined) {
      throw new DataFolderBusy(
        `${claimed.path} is in use by the run with process id ${pid}. Stop that one, or name another folder with --data.`,
      )
    }
    return claimed
  }

  /** The port of the last run in the folder; `undefined` before the first. */
  get lastPort(): number | undefined {
    const { port } = readObject(this.in(portFile))
    return typeof port === 'number' ? port : undefined
  }

  /** Remembers the port for the next run, so that the URLs of webhooks stay. */
  rememberPort(port: number): void {
    this.replace(portFile, { port })
  }

  in(...segments: string[]): string {
    return path.join(this.path, ...segments)
  }

  /**
   * Writes the facts of a ready run to `run.json`, and the names of its buckets to a file that stays, so that its state
   * can be read when it has ended.
   */
  publish<Facts extends { readonly buckets: Readonly<Record<string, string>> }>(ready: Facts): void {
    this.replace(leftFile, { buckets: ready.buckets })
    this.replace(runFile, { ...ownClaim(), ...ready })
  }

  /** Replaces a file of the folder. */
  replace(name: string, content: object): void {
    replaceFile(this.in(name), content)
  }

  release(): void {
    rmSync(this.in(runFile), { force: true })
  }
}

const runFile = 'run.json'
const portFile = 'port.json'
const leftFile = 'last-run.json'

/** What a folder holds of its last run. */
export interface LeftRun {
  /** Folder of the object store. */
  readonly objects: string
  readonly opsBucket: string
  /** When a function last called a store, in milliseconds since 1970. */
  readonly leftAt: number
}

/** What a folder holds of its last run that was ready; `undefined` if there was none. */
export function leftRun(folder: string): LeftRun | undefined {
  const { buckets } = readObject(path.join(folder, leftFile))
  if (!isObject(buckets) || typeof buckets.ops !== 'string') return undefined
  const times = [leftFile, decisionsFile].map((name) => {
    return statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  })
  return { objects: path.join(folder, 's3'), opsBucket: buckets.ops, leftAt: Math.max(...times) }
}

/** Why a folder cannot be made, in words. */
function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'a file stands in its way. Name another folder with --data.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT') {
    return 'this user may not write there. Name another folder with --data.'
  }
  return error instanceof Error ? error.message : String(error)
}

/** How long to wait for a run to end that has just lost its npm, in milliseconds. */
const patienceMs = 3_000

/** Claims the file. @returns the id of the living run that has it */
async function survivingRun(file: string): Promise<number | undefined> {
  const end = Date.now() + patienceMs
  for (;;) {
    const pid = claim(file)
    if (pid === undefined || Date.now() > end) return pid
    await pause(50)
  }
}
