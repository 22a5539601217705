import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'

/** What logs may grow to, twice: the file itself and the one before it. */
const limitBytes = 50_000_000

export interface BoundedFileOptions {
  /** Whether to go on with what is there, or to begin anew. */
  readonly append: boolean
  /** @default 50 MB */
  readonly limitBytes?: number
  /** Called with each new file, before anything is written into it; what it returns is its beginning. */
  readonly onOpen?: (descriptor: number) => string
}

/**
 * A file that only grows, up to a limit: then it is called `<name>.1`, in place of an older one, and a new one begins.
 * What was written is in the file.
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
