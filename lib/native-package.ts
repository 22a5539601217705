import { spawnSync } from 'node:child_process'
import { closeSync, cpSync, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Context of a synthesis that only names the packages, for runs on this machine, which take their own of the same
 * version.
 */
export const withoutNativePackages = 'withoutNativePackages'

/** What npm takes for the platform of functions: Amazon Linux on arm64. */
const platform = ['--os=linux', '--cpu=arm64', '--libc=glibc']

/**
 * Bytes 18 and 19 of a program or library say for which processors it is.
 * https://man7.org/linux/man-pages/man5/elf.5.html
 */
const machineAt = 18
const arm64 = 183

/**
 * Packages with code for Lambda's processors, from a folder with a `package.json` and a lock file of its own. npm
 * leaves out what is for another machine than its own, and says nothing when it is missing, so the files are looked at.
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
    const { dependencies }: { readonly dependencies: object } = JSON.parse(
      readFileSync(this.#file('package.json'), 'utf8'),
    )
    return Object.keys(dependencies)
  }

  /**
   * Puts the packages into the folder of a bundle. npm checks each against the lock file, cached ones too.
   * @param complete false for `package.json` alone
   * @throws when npm cannot install them, or a library is missing or for another processor
   */
  copyInto(outdir: string, { complete }: { readonly complete: boolean }): void {
    cpSync(this.#file('package.json'), join(outdir, 'package.json'))
    if (!complete) return
    const lock = join(outdir, 'package-lock.json')
    cpSync(this.#file('package-lock.json'), lock)
    const libraries = this.#libraries.map((library) => join(outdir, 'node_modules', library))
    install(outdir)
    // npm says nothing of an optional package whose download has failed.
    if (!libraries.every((library) => existsSync(library))) install(outdir)
    for (const library of libraries) checkLibrary(library)
    // What only npm reads would change the bundle with the version of npm.
    for (const file of [lock, join(outdir, 'node_modules', '.package-lock.json')]) rmSync(file, { force: true })
  }

  #file(name: string): string {
    return join(this.#folder, name)
  }
}

function install(folder: string): void {
  const args = ['ci', ...platform, '--ignore-scripts', '--prefer-offline', '--no-bin-links', '--no-audit', '--no-fund']
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
