import { z } from 'zod'
import type { Verdict } from './check.ts'
import { lockProblems } from './lock-file.ts'
import { readProjectFile } from './project-files.ts'

const versions = z.record(z.string(), z.string()).default({})

const manifest = z.object({
  engines: z.object({ node: z.string() }).optional(),
  dependencies: versions,
  devDependencies: versions,
})

const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?$/

/** Checks that everyone installs the same packages: exact versions, and a lock file that `npm ci` accepts everywhere. */
export async function checkPackages(root: string): Promise<Verdict> {
  const text = await readProjectFile(root, 'package.json')
  const { engines, dependencies, devDependencies } = manifest.parse(JSON.parse(text))
  const direct = { ...dependencies, ...devDependencies }
  const problems: string[] = []
  if (engines === undefined) {
    problems.push('package.json: names no Node under "engines". Say which versions `npm ci` may be run with.')
  }
  for (const [name, version] of Object.entries(direct)) {
    if (exact.test(version)) continue
    problems.push(
      `package.json: ${name} has the version "${version}". Name one exact version, so that everybody runs the same code.`,
    )
  }
  for (const name of Object.keys(dependencies)) {
    if (name in devDependencies) {
      problems.push(`package.json: ${name} stands under "dependencies" and "devDependencies". Keep one of them.`)
    }
  }
  const lock = lockProblems(await readProjectFile(root, 'package-lock.json'), direct)
  return { seen: lock.packages, unit: 'packages', problems: [...problems, ...lock.problems] }
}
