/** `npm run check`: everything that can be said of the code without running it. */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkBoundaries } from './check/boundaries.ts'
import { type Check, type Result, runChecks } from './check/check.ts'
import { checkHouseWords } from './check/house-words.ts'
import { checkPackages } from './check/packages.ts'
import { checkDeadCode, checkFormatAndLint, checkGenerated, checkTypes } from './check/tools.ts'
import { runCommand } from './command.ts'

/** The slow ones first, so that the quick ones fill the gaps. */
const checks: readonly Check[] = [
  { name: 'dead-code', about: 'no file, export or dependency that nothing uses (knip)', run: checkDeadCode },
  { name: 'types', about: 'types, in every TypeScript file there is (tsc)', run: checkTypes },
  { name: 'lint', about: 'formatting and lint rules (Biome)', run: checkFormatAndLint },
  { name: 'generated', about: 'generated files are what the schemas say', run: checkGenerated },
  { name: 'boundaries', about: 'who may import whom; no provider names in core', run: checkBoundaries },
  { name: 'words', about: 'file names, to-dos, addresses of registries', run: checkHouseWords },
  { name: 'packages', about: 'exact versions and a complete lock file', run: checkPackages },
]

const help = `npm run check -- [--only NAME]... [--json]

Checks the code without running it. Exits with 1 when something is wrong, after all checks have run.

  --only NAME   this check alone; may be given several times
  --json        one JSON object in place of the lines
  --help        this text

Checks:
${checks.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}
`

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `There is no check "${unknown.join('", "')}". There are: ${checks.map(({ name }) => name).join(', ')}.`,
    )
  }
  const chosen = values.only.length === 0 ? checks : checks.filter(({ name }) => values.only.includes(name))
  const root = resolve(import.meta.dirname, '..')
  const results = await runChecks(root, chosen, (result) => {
    if (!values.json) console.log(verdictLines(result))
  })
  const ok = results.every((result) => result.ok)
  if (values.json) console.log(JSON.stringify({ ok, checks: results }))
  return ok ? 0 : 1
})

function verdictLines({ name, ok, seen, unit, seconds, problems }: Result): string {
  const verdict = `${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(12)} ${seen} ${unit}, ${seconds} s`
  return [verdict, ...problems.flatMap((problem) => problem.split('\n')).map((line) => `    ${line}`.trimEnd())].join(
    '\n',
  )
}
