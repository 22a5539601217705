import type { Verdict } from './check.ts'
import { projectFiles } from './project-files.ts'
import { runTool } from './run-tool.ts'

/** Formatting and lint rules by Biome, which must have seen at least every TypeScript file that a person wrote. */
export async function checkFormatAndLint(root: string): Promise<Verdict> {
  const args = ['ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=50', '.']
  const [run, paths] = await Promise.all([runTool(root, 'biome', args), projectFiles(root, ['.ts'])])
  const seen = Number(/Checked (\d+) files?/.exec(run.output)?.[1] ?? 0)
  const written = paths.filter((path) => !path.startsWith('schemas/generated/')).length
  const problems = run.ok ? [] : [run.output]
  if (seen < written) {
    problems.push(
      `Biome saw ${seen} files, but the project has ${written} TypeScript files. Look at "files" in biome.json.`,
    )
  }
  return { seen, unit: 'files', problems }
}

/** Types by the compiler, which must have seen every TypeScript file there is. */
export async function checkTypes(root: string): Promise<Verdict> {
  const [run, paths] = await Promise.all([
    runTool(root, 'tsc', ['--project', 'tsconfig.json', '--listFiles', '--pretty', 'false']),
    projectFiles(root, ['.ts']),
  ])
  const lines = run.output.split('\n')
  const listed = new Set(lines.filter((line) => line.startsWith('/') && !line.includes(': error TS')))
  const seen = paths.filter((path) => listed.has(`${root}/${path}`))
  const problems = run.ok ? [] : [lines.filter((line) => !listed.has(line)).join('\n')]
  for (const path of paths) {
    if (seen.includes(path)) continue
    problems.push(`${path}: the compiler does not look at it. Add it under "include" in tsconfig.json.`)
  }
  return { seen: seen.length, unit: 'files', problems }
}

/** Files, exports and dependencies that nothing uses, by knip. */
export async function checkDeadCode(root: string): Promise<Verdict> {
  const reporters = ['--reporter', 'symbols', '--reporter', `${import.meta.dirname}/knip-files.ts`]
  const run = await runTool(root, 'knip', ['--no-progress', ...reporters])
  const seen = Number(/^files: (\d+)$/m.exec(run.stdout)?.[1] ?? 0)
  return { seen, unit: 'files', problems: run.ok ? [] : [run.output.replace(/^files: \d+$/m, '').trim()] }
}

/** Files that are generated from the schemas, which must be what the generator would write now. */
export async function checkGenerated(root: string): Promise<Verdict> {
  const [run, schemas] = await Promise.all([
    runTool(root, 'node', ['cli/generate.ts', '--check']),
    projectFiles(root, ['.yaml']),
  ])
  const seen = schemas.filter((path) => path.startsWith('schemas/')).length
  return { seen, unit: 'schemas', problems: run.ok ? [] : [run.output] }
}
