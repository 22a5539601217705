import type { Verdict } from './check.ts'
import { projectFiles, readProjectFile } from './project-files.ts'

interface LineRule {
  readonly pattern: RegExp
  readonly problem: string
  /** Of these files only; of all when left out. */
  readonly files?: RegExp
}

/** Patterns and texts are written so that this file keeps its own rules. */
const rules: readonly LineRule[] = [
  {
    pattern: /\bTO[D]O\b(?!.*#\d+)/,
    problem: 'a to-do that names no issue is forgotten. Do it now, or write the number of its issue after it (#123).',
  },
  {
    pattern: /\b(FIX[M]E|XX[X])\b/,
    problem: 'says that something is wrong without saying what. Mend it, or describe it in an issue.',
  },
  {
    pattern: /https?:\/\/(registry\.|npm\.|[\w.-]+\/(artifactory|nexus|npm)\/)|\bregistry\.\w+\.(?:org|com)\b/,
    problem:
      'names a package registry, which others may not reach. Leave the choice to the settings of whoever installs.',
  },
  {
    pattern: /^\s*registry\s*=/,
    files: /(^|\/)\.npmrc$/,
    problem: 'chooses a package registry for everybody. Leave that to the settings of whoever installs.',
  },
]

const texts = ['.ts', '.js', '.mjs', '.json', '.yaml', '.yml', '.md', '.sh', '.npmrc', 'run']

/** Checks the few words and names that the linter does not look at. */
export async function checkHouseWords(root: string): Promise<Verdict> {
  const paths = await projectFiles(root, texts)
  const problems = await Promise.all(
    paths.map(async (path) => [...nameProblems(path), ...lineProblems(path, await readProjectFile(root, path))]),
  )
  return { seen: paths.length, unit: 'files', problems: problems.flat() }
}

function nameProblems(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!/^(utils?|helpers?|misc|common)\./i.test(name)) return []
  return [`${path}: the name says nothing of what is in it. Name the one idea that the file holds.`]
}

function lineProblems(path: string, text: string): string[] {
  const own = rules.filter((rule) => rule.files?.test(path) ?? true)
  return text.split('\n').flatMap((line, index) => {
    const broken = own.filter((rule) => rule.pattern.test(line))
    return broken.map((rule) => `${path}:${index + 1}: ${rule.problem}`)
  })
}
