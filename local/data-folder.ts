import { renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { privateFolder } from './private-folder.ts'
import { claim, ownClaim } from './process/claim-file.ts'

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
    privateFolder(claimed.path)
    const pid = await survivingRun(claimed.in(runFile))
    if (pid !== undefined) {
      throw new DataFolderBusy(
        `${claimed.path} is in use by the run with process id ${pid}. Stop that one, or name another folder with --data.`,
      )
    }
    return claimed
  }

  in(...segments: string[]): string {
    return path.join(this.path, ...segments)
  }

  /** Writes the facts of a ready run to `run.json`. */
  publish(ready: object): void {
    this.replace(runFile, { ...ownClaim(), ...ready })
  }

  /** Writes a file as JSON, atomically, and for this user only, because it may hold credentials. */
  replace(name: string, content: object): void {
    const file = this.in(name)
    writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  release(): void {
    rmSync(this.in(runFile), { force: true })
  }
}

const runFile = 'run.json'

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
