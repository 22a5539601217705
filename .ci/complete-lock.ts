/**
 * Run after every change of dependencies: adds to package-lock.json what the registry at hand did not have, so that
 * `npm ci` accepts it on every platform. `--check` changes nothing and exits with 1 when something is wrong with it.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { completeLock } from '../cli/check/lock-file.ts'
import { checkPackages } from '../cli/check/packages.ts'

const path = 'package-lock.json'

if (process.argv.includes('--check')) {
  const { seen, problems } = await checkPackages('.')
  console.log(problems.length === 0 ? `${path} is complete: ${seen} packages.` : problems.join('\n'))
  process.exitCode = problems.length === 0 ? 0 : 1
} else {
  const text = readFileSync(path, 'utf8')
  const completed = completeLock(text)
  if (completed.text !== text) writeFileSync(path, completed.text)
  console.log(completed.added.length === 0 ? `${path} was complete.` : `Added:\n${completed.added.join('\n')}`)
}
