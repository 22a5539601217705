import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { BoundedFile } from '../../bounded-file.ts'

/** Lines are collected for this long, in milliseconds, and written together. */
const delayMs = 50

interface Log {
  readonly file: BoundedFile
  waiting: string[]
}

/** The output of functions, one file each, bounded and continued by every run. */
export class FunctionLogs {
  readonly #folder: string
  readonly #logs = new Map<string, Log>()

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
  }

  write(functionName: string, line: string): void {
    const log = this.#logOf(functionName)
    log.waiting.push(`${line}\n`)
    if (log.waiting.length === 1) setTimeout(() => flush(log), delayMs)
  }

  close(): void {
    for (const log of this.#logs.values()) {
      flush(log)
      log.file.close()
    }
  }

  #logOf(functionName: string): Log {
    const known = this.#logs.get(functionName)
    if (known) return known
    const file = new BoundedFile(path.join(this.#folder, `${functionName}.log`), { append: true })
    const log = { file, waiting: [] }
    this.#logs.set(functionName, log)
    return log
  }
}

function flush(log: Log): void {
  if (log.waiting.length === 0) return
  log.file.write(log.waiting.join(''))
  log.waiting = []
}
