import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { processInfo } from './process-table.ts'
import { isObject } from './template.ts'

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
   * Makes the folder if need be and takes it for this process; one whose run was killed is taken over.
   *
   * @throws {DataFolderBusy} when a run that lives has it.
   */
  static claim(folder: string): DataFolder {
    const claimed = new DataFolder(path.resolve(folder))
    mkdirSync(claimed.path, { recursive: true })
    try {
      claimed.#write({}, 'wx')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const pid = livingRun(claimed.#runFile)
      if (pid !== undefined) {
        throw new DataFolderBusy(
          `${claimed.path} is in use by the run with process id ${pid}. Stop that one, or name another folder with --data.`,
        )
      }
      claimed.#write({}, 'w')
    }
    return claimed
  }

  in(...segments: string[]): string {
    return path.join(this.path, ...segments)
  }

  /** Says in `run.json` what a run tells when it is ready. */
  publish(ready: object): void {
    this.#write(ready, 'w')
  }

  release(): void {
    rmSync(this.#runFile, { force: true })
  }

  get #runFile(): string {
    return this.in('run.json')
  }

  /** Whole or not at all, and for this user only, because it holds the credentials of the run. */
  #write(content: object, flag: 'w' | 'wx'): void {
    const text = `${JSON.stringify({ ...this.#claim, ...content }, undefined, 2)}\n`
    const file = flag === 'wx' ? this.#runFile : `${this.#runFile}.new`
    writeFileSync(file, text, { flag, mode: 0o600 })
    if (flag === 'w') renameSync(file, this.#runFile)
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
