import { dirname, join } from 'node:path/posix'
import type { Verdict } from './check.ts'
import { type ModuleFacts, readModule } from './module-facts.ts'
import { projectFiles, readProjectFile } from './project-files.ts'
import { namedProvider, providerNames } from './provider-names.ts'
import { type Place, packageRules, placeOf, type Room, rooms } from './rooms.ts'

const sources = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Rooms that get all they need as arguments. */
const withoutEnvironment: readonly Room[] = ['core', 'connectors', 'manifests', 'schema-types']

/** Checks who imports whom, and what core and connectors must not know. */
export async function checkBoundaries(root: string): Promise<Verdict> {
  const paths = await projectFiles(root, sources)
  const providers = providerNames(paths)
  const problems = await Promise.all(
    paths.map(async (path) => fileProblems(path, readModule(path, await readProjectFile(root, path)), providers)),
  )
  return { seen: paths.length, unit: 'files', problems: problems.flat() }
}

function fileProblems(path: string, facts: ModuleFacts, providers: readonly string[]): string[] {
  const place = placeOf(path)
  if (place === undefined) {
    return [
      `${path}: is in no room. Move it to one of those in docs/architecture.md, or add a room to cli/check/rooms.ts.`,
    ]
  }
  const problems = facts.syntaxErrors.map((message) => `${path}: cannot be read: ${message}`)
  for (const { specifier, line } of facts.imports) {
    const problem =
      specifier === undefined
        ? computedImportProblem(place)
        : specifier.startsWith('.')
          ? fileImportProblem(place, join(dirname(path), specifier))
          : packageImportProblem(place, specifier)
    if (problem !== undefined) problems.push(`${path}:${line}: ${problem}`)
  }
  if (withoutEnvironment.includes(place.room)) {
    for (const line of new Set(facts.environment)) {
      problems.push(
        `${path}:${line}: reads the environment of the process. Only a handler does, once, so that the rest can be tried with ` +
          'any settings. Take what is needed as an argument.',
      )
    }
  }
  if (place.room === 'core') {
    for (const { text, line } of facts.words) {
      const provider = namedProvider(text, providers)
      if (provider === undefined) continue
      problems.push(
        `${path}:${line}: names the provider "${provider}" in ${JSON.stringify(text.slice(0, 60))}. Core serves every ` +
          'provider alike: say it in a schema or in the connector, and pass it in.',
      )
    }
  }
  return problems
}

function fileImportProblem(from: Place, target: string): string | undefined {
  const rule = rooms[from.room]
  const to = placeOf(target)
  if (to === undefined) {
    return `imports ${target}, which is in no room of the project. Move it to one of those in docs/architecture.md.`
  }
  if (!rule.mayImport.includes(to.room)) {
    return `${rule.title} may not import ${target}: ${rule.why}. Instead: ${rule.instead}.`
  }
  const strangers = from.owner !== undefined && to.owner !== undefined && from.owner !== to.owner
  if (strangers && isConnector(from) === isConnector(to)) {
    return `"${from.owner}" may not import ${target}, which belongs to "${to.owner}": ${rule.why}. Instead: ${rule.instead}.`
  }
  return undefined
}

function isConnector({ room }: Place): boolean {
  return room === 'connectors' || room === 'manifests'
}

function packageImportProblem(from: Place, specifier: string): string | undefined {
  if (specifier.startsWith('/') || specifier.startsWith('file:') || specifier.startsWith('#')) {
    return `imports "${specifier}", which cannot be followed. Write the path relative to this file.`
  }
  if (specifier.startsWith('node:')) return undefined
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const rule = packageRules.find((candidate) => candidate.rooms.includes(from.room) && candidate.packages.test(name))
  return rule && `${rooms[from.room].title} may not use the package "${name}": ${rule.why}. Instead: ${rule.instead}.`
}

/** Where the direction matters, every import must be readable from the text. */
function computedImportProblem(from: Place): string | undefined {
  if (!['bin', 'lib', 'handlers', 'connectors', 'core'].includes(from.room)) return undefined
  return 'imports a file whose name is computed, so that nobody can check it. Write the name as a plain text.'
}
