import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import path from 'node:path'
import { finished } from 'node:stream/promises'

/** What functions print: a file for each, which grows over all runs. */
export class FunctionLogs {
  readonly #folder: string
  readonly #files = new Map<string, WriteStream>()

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
  }

  write(functionName: string, line: string): void {
    this.#file(functionName).write(`${line}\n`)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => finished(file.end())))
  }

  #file(functionName: string): WriteStream {
    const open = this.#files.get(functionName)
    if (open !== undefined) return open
    const file = createWriteStream(path.join(this.#folder, `${functionName}.log`), { flags: 'a' })
    this.#files.set(functionName, file)
    return file
  }
}
