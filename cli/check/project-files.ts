import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What is made by tools and never looked at: the same folders that `.gitignore` names. */
const made = new Set(['.git', '.audit-lake', 'cdk.out', 'coverage', 'node_modules'])

/** Paths of the project's files below `root`, with forward slashes, in a fixed order. */
export async function projectFiles(root: string, extensions: readonly string[]): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true })
  const nested = await Promise.all(
    entries.map(async (entry) => {
      if (made.has(entry.name)) return []
      if (!entry.isDirectory()) return entry.isFile() && hasExtension(entry.name, extensions) ? [entry.name] : []
      const inside = await projectFiles(join(root, entry.name), extensions)
      return inside.map((path) => `${entry.name}/${path}`)
    }),
  )
  return nested.flat().sort()
}

export function readProjectFile(root: string, path: string): Promise<string> {
  return readFile(join(root, path), 'utf8')
}

function hasExtension(name: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => name.endsWith(extension))
}
