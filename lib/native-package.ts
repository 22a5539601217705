import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Context of a synthesis that only names the packages, for runs on this machine, which take their own of the same version.
 */
export const withoutNativePackages = 'withoutNativePackages'

/** Outlives a synthesis, but not `npm ci`. */
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'auditlake-native')

/** What npm takes for the platform of functions: Amazon Linux on arm64. */
const platform = ['--os=linux', '--cpu=arm64', '--libc=glibc']

/** Bytes 18 and 19 of a program or library say for which processors it is. https://man7.org/linux/man-pages/man5/elf.5.html */
const machineAt = 18
const arm64 = 183

/**
 * Packages with code for Lambda's processors, from a folder with a `package.json` and a lock file of its own. npm leaves out
 * what is for another machine than its own, and says nothing when it is missing, so the files are looked at.
 */
export class NativePackage {
  readonly #folder: string
  readonly #libraries: readonly string[]

  /**
   * @param folder with `package.json` and `package-lock.json`
   * @param libraries files below `node_modules` without which nothing works
   */
  constructor(folder: string, libraries: readonly string[]) {
    this.#folder = folder
    this.#libraries = libraries
  }

  /** The packages that code may import by name. */
  get packages(): string[] {
    const { dependencies }: { readonly dependencies: object } = JSON.parse(this.#read('package.json').toString())
    return Object.keys(dependencies)
  }

  /**
   * Puts the packages into the folder of a bundle.
   * @param complete false for `package.json` alone
   * @throws when npm cannot install them, or a library is missing or for another processor
   */
  copyInto(outdir: string, { complete }: { readonly complete: boolean }): void {
    cpSync(join(this.#folder, 'package.json'), join(outdir, 'package.json'))
    if (complete) cpSync(this.#installed(), join(outdir, 'node_modules'), { recursive: true, dereference: true })
  }

  /** Installs the packages, or finds them installed. @returns the folder `node_modules` */
  #installed(): string {
    const files = ['package.json', 'package-lock.json']
    const hash = createHash('sha256')
    for (const file of files) hash.update(this.#read(file))
    const kept = join(cache, hash.digest('hex').slice(0, 16))
    if (!existsSync(kept)) {
      const making = `${kept}.${process.pid}`
      mkdirSync(making, { recursive: true })
      try {
        for (const file of files) cpSync(join(this.#folder, file), join(making, file))
        install(making)
        // npm says nothing of an optional package whose download has failed.
        if (!this.#libraries.every((library) => existsSync(join(making, 'node_modules', library)))) install(making)
        for (const library of this.#libraries) checkLibrary(join(making, 'node_modules', library))
        rmSync(join(making, 'node_modules', '.package-lock.json'), { force: true })
        rename(making, kept)
      } finally {
        rmSync(making, { recursive: true, force: true })
      }
    }
    return join(kept, 'node_modules')
  }

  #read(file: string): Buffer {
    return readFileSync(join(this.#folder, file))
  }
}

/** Another synthesis may have been faster. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

function install(folder: string): void {
  const args = ['ci', ...platform, '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: false })
  if (status === 0) return
  const reason = (error?.message ?? stderr).trim().split('\n').slice(-3).join(' ')
  throw new Error(`npm cannot install the packages of ${folder} for Lambda; is the registry within reach? ${reason}`)
}

function checkLibrary(file: string): void {
  const header = Buffer.alloc(machineAt + 2)
  if (existsSync(file)) {
    const opened = openSync(file, 'r')
    readSync(opened, header)
    closeSync(opened)
  }
  if (header.readUInt16LE(machineAt) === arm64) return
  throw new Error(
    `${file} is missing or not for arm64: does the lock file beside package.json name it with a checksum?`,
  )
}
