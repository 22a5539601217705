import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isObject } from './json.ts'
import { processInfo } from './process/process-table.ts'

/** The folder is in use. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy'
}

/** What a local run keeps, and where. One run at a time works in a folder. */
export class DataFolder {
  readonly path: string
  readonly #claim: { readonly pid: number; readonly born: string }

  private constructor(folder: string) {
    this.path = folder
    this.#claim = { pid: process.pid, born: processInfo(process.pid)?.born ?? '' }
  }

  /**
   * Makes the folder if need be and takes it for this process; one whose run was killed, or is just ending, is taken
   * over.
   *
   * @throws {DataFolderBusy} when a run that lives has it.
   */
  static async claim(folder: string): Promise<DataFolder> {
    const claimed = new DataFolder(path.resolve(folder))
    mkdirSync(claimed.path, { recursive: true })
    try {
      writeFileSync(claimed.in(runFile), text(claimed.#claim), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const pid = await survivingRun(claimed.in(runFile))
      if (pid !== undefined) {
        throw new DataFolderBusy(
          `${claimed.path} is in use by the run with process id ${pid}. Stop that one, or name another folder with --data.`,
        )
      }
      claimed.publish({})
    }
    return claimed
  }

  in(...segments: string[]): string {
    return path.join(this.path, ...segments)
  }

  /** Says in `run.json` what a run tells when it is ready. */
  publish(ready: object): void {
    this.replace(runFile, { ...this.#claim, ...ready })
  }

  /** Writes a file as JSON, whole or not at all, and for this user only, because it may hold credentials. */
  replace(name: string, content: object): void {
    const file = this.in(name)
    writeFileSync(`${file}.new`, text(content), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  release(): void {
    rmSync(this.in(runFile), { force: true })
  }
}

const runFile = 'run.json'

function text(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}

/** A run that lost its npm notices soon and is gone soon after; for so long its successor waits, in milliseconds. */
const patienceMs = 3_000

/** Process id of the run that wrote the file, if it goes on living. */
async function survivingRun(file: string): Promise<number | undefined> {
  const end = Date.now() + patienceMs
  for (;;) {
    const pid = livingRun(file)
    if (pid === undefined || Date.now() > end) return pid
    await pause(50)
  }
}

/** Process id of the run that wrote the file, if it is still the same process. */
function livingRun(file: string): number | undefined {
  const { pid, born } = readClaim(file)
  return typeof pid === 'number' && processInfo(pid)?.born === born ? pid : undefined
}

function readClaim(file: string): Record<string, unknown> {
  try {
    const claim: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isObject(claim) ? claim : {}
  } catch {
    // Cut off by a crash, or gone meanwhile: nobody's.
    return {}
  }
}
