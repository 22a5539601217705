import { createHash, type Hash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../../settings/load.ts'
import { privateFolder } from '../private-folder.ts'
import { claim } from '../process/claim-file.ts'
import { type Assembly, projectRoot, readAssembly } from './assembly.ts'
import { type SynthesisOptions, synthesize } from './synthesis.ts'

/** Folder of the assemblies. `npm ci` empties it, so none outlives the packages that made it. */
const projectCache = path.join(projectRoot, 'node_modules', '.cache', 'auditlake')
/** One takes about 5 MB. The test suite uses six. */
const maxKept = 8

const lockPollMs = 200

/** The inputs of an assembly beside the settings and Node. */
const sourceFolders = ['bin', 'lib', 'lambdas', 'schemas', 'settings']
const sourceFiles = [
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'local/template/synthesis.ts',
  // The installed packages. Edits inside a package go unnoticed.
  'node_modules/.package-lock.json',
]

export interface AssemblyOptions extends Omit<SynthesisOptions, 'config'> {
  /** The settings file. @default the project's own */
  readonly config?: string | undefined
}

/**
 * The synthesized stack in a folder of its own. Reuses an earlier assembly made from the same settings, code, packages
 * and Node.
 *
 * @throws with the problems of the settings file, or with the CDK's complaints.
 */
export async function provideAssembly(output: string, options: AssemblyOptions = {}): Promise<Assembly> {
  const { config = path.join(projectRoot, 'audit-lake.yaml'), ...rest } = options
  const cache = new AssemblyCache({
    folder: projectCache,
    inputs: () => hashOfInputs(config),
    make: (folder) => synthesize(folder, { config, ...rest }),
  })
  await cache.provide(output, options)
  return readAssembly(output)
}

function hashOfInputs(config: string): string {
  // The hash covers the meaning of the settings, not their spelling. Invalid settings are reported before any work.
  const settings = loadConfig(config, { allowExamples: true })
  const hash = createHash('sha256').update(JSON.stringify([process.version, settings]))
  for (const file of sourceFiles) addFile(hash, projectRoot, file)
  for (const folder of sourceFolders) addFolder(hash, path.join(projectRoot, folder))
  return hash.digest('hex')
}

export interface AssemblyCacheOptions {
  readonly folder: string
  /** Hash of all inputs of the assembly. */
  readonly inputs: () => string
  /** Makes an assembly in an empty folder. */
  readonly make: (folder: string) => Promise<void>
}

type Progress = Pick<SynthesisOptions, 'onStep' | 'signal'>

/** Keeps assemblies by the hash of their inputs: `<inputs>/cdk.out`, and the hash of its files in `<inputs>/hash`. */
export class AssemblyCache {
  readonly #options: AssemblyCacheOptions

  constructor(options: AssemblyCacheOptions) {
    this.#options = options
  }

  /** Puts a whole assembly into the folder `output`, because queries may read it at any time. */
  async provide(output: string, progress: Progress = {}): Promise<void> {
    removeUnfinished(output)
    // The synthesis of a killed start may go on for a while, so each start writes into a folder of its own.
    const making = `${unfinished(output)}${process.pid}`
    try {
      await this.#fill(making, progress)
      rmSync(output, { recursive: true, force: true })
      renameSync(making, output)
    } finally {
      rmSync(making, { recursive: true, force: true })
    }
  }

  async #fill(making: string, { onStep, signal }: Progress): Promise<void> {
    const { folder, inputs, make } = this.#options
    privateFolder(folder)
    const key = inputs()
    const entry = path.join(folder, key)
    const lock = `${entry}.lock`
    while (!take(entry, making)) {
      if (claim(lock) !== undefined) {
        onStep?.('Waiting for another start, which synthesizes the same stack')
        await pause(lockPollMs, undefined, { signal })
        continue
      }
      try {
        if (take(entry, making)) return
        onStep?.('Synthesizing the stack; starts with unchanged settings and code reuse it')
        privateFolder(making)
        await make(making)
        // Files changed during the synthesis, so the assembly may hold either version.
        if (inputs() === key) this.#keep(making, entry)
        return
      } finally {
        rmSync(lock, { force: true })
      }
    }
  }

  #keep(assembly: string, entry: string): void {
    const incoming = `${entry}.${process.pid}`
    rmSync(incoming, { recursive: true, force: true })
    privateFolder(path.join(incoming, 'cdk.out'))
    cpSync(assembly, path.join(incoming, 'cdk.out'), { recursive: true })
    writeFileSync(path.join(incoming, 'hash'), hashOf(assembly))
    rmSync(entry, { recursive: true, force: true })
    renameSync(incoming, entry)
    this.#removeOldest()
  }

  #removeOldest(): void {
    const { folder } = this.#options
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const newestFirst = entries
      .map(({ name }) => ({ name, used: statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
      .sort((a, b) => b.used - a.used)
    for (const { name } of newestFirst.slice(maxKept)) rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}

const unfinished = (output: string): string => `${output}.new-`

/** Removes the leftovers of killed starts. */
function removeUnfinished(output: string): void {
  const { dir, base } = path.parse(unfinished(output))
  const left = readdirSync(dir).filter((name) => name.startsWith(base))
  for (const name of left) rmSync(path.join(dir, name), { recursive: true, force: true })
}

/**
 * Copies a kept assembly.
 *
 * @returns whether there is one whose files still match their hash.
 */
function take(entry: string, copy: string): boolean {
  rmSync(copy, { recursive: true, force: true })
  if (!existsSync(entry)) return false
  try {
    privateFolder(copy)
    cpSync(path.join(entry, 'cdk.out'), copy, { recursive: true })
    if (hashOf(copy) === readFileSync(path.join(entry, 'hash'), 'utf8')) {
      utimesSync(entry, new Date(), new Date())
      return true
    }
  } catch {
    // Incomplete, or just removed as the oldest.
  }
  // The CDK would take assets that it finds there for its own.
  rmSync(copy, { recursive: true, force: true })
  return false
}

function hashOf(folder: string): string {
  return addFolder(createHash('sha256'), folder).digest('hex')
}

/** Hashes names and content of all files in a folder, in order. */
function addFolder(hash: Hash, folder: string): Hash {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
  const names = files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name))).sort()
  hash.update(JSON.stringify(names))
  for (const name of names) addFile(hash, folder, name)
  return hash
}

function addFile(hash: Hash, folder: string, name: string): void {
  const content = readFileSync(path.join(folder, name))
  hash.update(`${name}\0${content.length}\0`).update(content)
}
