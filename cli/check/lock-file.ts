import { z } from 'zod'

/**
 * The lock file names every package with its exact version. Registries that mirror only part of npm lack the builds of
 * native packages for other platforms; npm then leaves them out of the lock file, and `npm ci` refuses that lock file on
 * every machine. An entry without a checksum is enough: npm skips it where the platform differs, and fetches the package
 * where it fits.
 */

const dependencies = z.record(z.string(), z.string()).optional()

const lockEntry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  libc: z.array(z.string()).optional(),
})

const lockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), z.unknown()) })

/** Keeps the order in which npm wrote the members. */
const members = z.record(z.string(), z.unknown())

type LockEntry = z.infer<typeof lockEntry>

interface Missing {
  /** Where the package that needs it is locked. */
  readonly by: string
  readonly name: string
  readonly version: string
  readonly optional: boolean
}

/** A package that stands in for one which this registry does not have. */
interface Stub {
  readonly version: string
  readonly cpu: readonly string[]
  readonly dev?: true
  readonly libc?: readonly string[]
  readonly optional: true
  readonly os: readonly string[]
}

const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?$/

/**
 * What keeps `npm ci` from installing the same everywhere, as lines for a person: packages that another one needs and that
 * are not there, addresses of registries, and direct dependencies other than those of package.json.
 */
export function lockProblems(
  text: string,
  direct: Readonly<Record<string, string>>,
): { packages: number; problems: string[] } {
  const entries = readEntries(text)
  const problems = findMissing(entries).map(
    ({ by, name, version, optional }) =>
      `package-lock.json: ${name} ${version}, which ${by} needs, is not in it, so \`npm ci\` refuses it. ` +
      (optional ? 'Run `node .ci/complete-lock.ts`.' : 'Run `npm install`.'),
  )
  for (const [path, { resolved }] of entries) {
    if (resolved === undefined || !/^https?:/.test(resolved)) continue
    problems.push(
      `package-lock.json: ${path} names the registry it came from (${resolved}), which others cannot reach. ` +
        'Run `node .ci/complete-lock.ts`.',
    )
  }
  const locked = { ...entries.get('')?.dependencies, ...entries.get('')?.devDependencies }
  for (const name of new Set([...Object.keys(direct), ...Object.keys(locked)])) {
    if (direct[name] === locked[name]) continue
    problems.push(
      `package-lock.json: has ${name} ${locked[name] ?? 'not at all'}, and package.json ${direct[name] ?? 'not at all'}. ` +
        'Run `npm install --package-lock-only`, then `node .ci/complete-lock.ts`.',
    )
  }
  return { packages: entries.size, problems }
}

/**
 * The lock file with an entry for every optional platform package, and without addresses of registries.
 * The same text comes back when nothing was to be done.
 * @throws Error when something other than a build for a platform is missing.
 */
export function completeLock(text: string): { text: string; added: string[] } {
  const document = members.parse(JSON.parse(text))
  const packages = new Map(
    Object.entries(lockFile.parse(document).packages).map(([path, entry]) => [path, withoutRegistry(entry)]),
  )
  const entries = readEntries(text)
  const added: string[] = []
  for (const missing of findMissing(entries)) {
    const stub = missing.optional ? stubFor(missing, entries) : undefined
    if (stub === undefined) {
      throw new Error(
        `${missing.name} ${missing.version}, which ${missing.by} needs, is missing, and it is not the build of a package ` +
          'for another platform. Run `npm install` where the registry has it.',
      )
    }
    const path = `${siblingFolder(missing, entries)}${missing.name}`
    packages.set(path, stub)
    added.push(`${path} ${stub.version}`)
  }
  const sorted = [...packages].sort(([a], [b]) => a.localeCompare(b, 'en'))
  const completed = `${JSON.stringify({ ...document, packages: Object.fromEntries(sorted) }, null, 2)}\n`
  return { text: completed, added }
}

function readEntries(text: string): Map<string, LockEntry> {
  const { packages } = lockFile.parse(JSON.parse(text))
  return new Map(Object.entries(packages).map(([path, entry]) => [path, lockEntry.parse(entry)]))
}

function withoutRegistry(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('resolved' in entry)) return entry
  const { resolved, ...rest } = entry
  return typeof resolved === 'string' && /^https?:/.test(resolved) ? rest : entry
}

function findMissing(entries: ReadonlyMap<string, LockEntry>): Missing[] {
  const missing: Missing[] = []
  for (const [path, entry] of entries) {
    const optional = entry.optionalDependencies ?? {}
    const needed = { ...entry.dependencies, ...entry.devDependencies, ...optional }
    for (const [name, version] of Object.entries(needed)) {
      const found = lookUp(path, name, entries)
      const fits = found !== undefined && (found.link || !exact.test(version) || found.version === version)
      if (!fits) missing.push({ by: path === '' ? 'package.json' : path, name, version, optional: name in optional })
    }
  }
  return missing
}

/** As Node looks for it: in the package's own folder, then in that of each package around it. */
function lookUp(path: string, name: string, entries: ReadonlyMap<string, LockEntry>): LockEntry | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = entries.get(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`)
    if (found !== undefined || folder === '') return found
  }
}

/** `@scope/binding-linux-arm64-gnu` says for what it was built. */
function stubFor({ by, name, version }: Missing, entries: ReadonlyMap<string, LockEntry>): Stub | undefined {
  const platform =
    /[-/](android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32)-(\w+?)(?:-(\w+))?$/.exec(name)
  const [, os, cpu, abi] = platform ?? []
  if (os === undefined || cpu === undefined || !exact.test(version)) return undefined
  const owner = entries.get(by)
  const hasMuslTwin = `${name}-musl` in (owner?.optionalDependencies ?? {})
  const libc = abi?.startsWith('musl') ? 'musl' : abi?.startsWith('gnu') || hasMuslTwin ? 'glibc' : undefined
  return {
    version,
    cpu: [cpu],
    ...(owner?.dev && { dev: true }),
    ...(os === 'linux' && libc !== undefined && { libc: [libc] }),
    optional: true,
    os: [os],
  }
}

/** The folder where npm put the builds of the same package that it did find, so that all of them lie side by side. */
function siblingFolder({ by, version }: Missing, entries: ReadonlyMap<string, LockEntry>): string {
  const siblings = Object.keys(entries.get(by)?.optionalDependencies ?? {})
  for (let folder = by; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const prefix = folder === '' ? 'node_modules/' : `${folder}/node_modules/`
    if (folder === '' || siblings.some((name) => entries.get(prefix + name)?.version === version)) return prefix
  }
}
