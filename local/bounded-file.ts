import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'

/** A log and its predecessor take 50 MB together. */
const limitBytes = 25_000_000

export interface BoundedFileOptions {
  /** Whether to continue an existing file or begin a new one. */
  readonly append: boolean
  /** @default 25 MB */
  readonly limitBytes?: number
  /** Called with each new file before anything is written; returns the file's beginning. */
  readonly onOpen?: (descriptor: number) => string
}

/**
 * An append-only file with a limit: a full one is renamed to `a.1.log`, replacing an older one, and a new one begins.
 * Writes are synchronous.
 */
export class BoundedFile {
  readonly #file: string
  readonly #options: BoundedFileOptions
  #descriptor = -1
  #bytes = 0

  constructor(file: string, options: BoundedFileOptions) {
    this.#file = file
    this.#options = options
    this.#open(options.append ? 'a' : 'w')
  }

  write(text: string): void {
    const { limitBytes: limit = limitBytes } = this.#options
    if (this.#bytes > limit) {
      this.close()
      const { dir, name, ext } = path.parse(this.#file)
      renameSync(this.#file, path.join(dir, `${name}.1${ext}`))
      this.#open('a')
    }
    this.#bytes += writeSync(this.#descriptor, text)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #open(flags: 'a' | 'w'): void {
    this.#descriptor = openSync(this.#file, flags, 0o600)
    this.#bytes = fstatSync(this.#descriptor).size
    const beginning = this.#options.onOpen?.(this.#descriptor) ?? ''
    if (beginning !== '') this.write(beginning)
  }
}
