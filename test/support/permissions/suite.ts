import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { collectionVariable } from '../../../local/aws/iam/decision-log.ts'
import { onBehalf } from './on-behalf.ts'
import { type Summary, summarize } from './summary.ts'

/**
 * Runs around all tests. Every local run below this process, in any worker, leaves its decisions in a folder.
 * At the end they are judged: every refusal must have been expected, and every permission of the template used.
 */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'audit-lake-decisions-'))
  process.env[collectionVariable] = folder
  return async () => {
    const logs = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'))
    rmSync(folder, { recursive: true })
    const { text, problems } = verdict(summarize(logs, onBehalf), await ranAll(project))
    console.log(`\n${[text, ...problems].join('\n  ')}`)
    if (problems.length > 0) process.exitCode = 1
  }
}

/** @param whole Whether all tests ran, without which a permission cannot count as unused. */
export function verdict(
  { seen, refused, unused, wronglyListed }: Summary,
  whole: boolean,
): { readonly text: string; readonly problems: readonly string[] } {
  const judged = whole ? `${unused.length} unused` : 'unused not judged, because only a part of the tests ran'
  const ofRefused = refused.map(({ principal, action, resource }) => `refused: ${principal}: ${action} on ${resource}`)
  const ofUnused = [
    ...unused.map((grant) => `unused: ${grant}. Take it out of the stack, or write a test that needs it.`),
    ...wronglyListed.map(
      ({ principal, action, resource }) =>
        `on-behalf.ts lists ${action} of ${principal} on ${resource}, which is not granted, or was used: take it off the list`,
    ),
  ]
  return {
    text: `permissions: ${seen} calls seen, ${refused.length} refused, ${judged}`,
    problems: [...new Set(ofRefused), ...(whole ? ofUnused : [])],
  }
}

async function ranAll(project: TestProject): Promise<boolean> {
  const { vitest } = project
  if (vitest.getGlobalTestNamePattern() !== undefined) return false
  const { testFiles } = await project.globTestFiles()
  return vitest.state.getTestModules().length === testFiles.length
}
