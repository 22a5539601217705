import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { runChecks } from '../../cli/check/check.ts'
import { completeLock, lockProblems } from '../../cli/check/lock-file.ts'
import { hangMs } from '../support/hang.ts'
import { cleanFiles, home, type Project, plantProject } from './project.ts'

let project: Project | undefined
afterEach(() => project?.remove())

function runScript(
  cwd: string,
  script: string,
  ...args: string[]
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: hangMs,
  })
  return { code: status, stdout, stderr }
}

describe('npm run check', () => {
  const quick = ['--only', 'boundaries', '--only', 'words', '--only', 'packages']

  test('reports every check that failed, with its output, and exits with 1', () => {
    project = plantProject({
      ...cleanFiles,
      'lib/utils.ts': "import '../lambdas/core/digest.ts'\n",
    })
    project.copy('cli/check')
    project.copy('cli/check.ts')
    project.copy('cli/command.ts')
    const { code, stdout } = runScript(project.root, 'cli/check.ts', ...quick)

    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAILED {2}boundaries +\d+ files, [\d.]+ s\n {4}lib\/utils\.ts:1: lib may not import/m)
    expect(stdout).toMatch(/^FAILED {2}words +\d+ files, [\d.]+ s\n {4}lib\/utils\.ts: the name says nothing/m)
    expect(stdout).toMatch(/^ok {6}packages +4 packages, [\d.]+ s$/m)
  })

  test('says the same as one JSON object, and exits with 0 when all is well', () => {
    project = plantProject(cleanFiles)
    project.copy('cli/check')
    project.copy('cli/check.ts')
    project.copy('cli/command.ts')
    const { code, stdout } = runScript(project.root, 'cli/check.ts', ...quick, '--json')

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      checks: [
        { name: 'boundaries', ok: true, problems: [] },
        { name: 'words', ok: true, problems: [] },
        { name: 'packages', ok: true, problems: [], seen: 4 },
      ],
    })
  })

  test('explains itself, and names the checks there are', () => {
    const help = runScript(home, 'cli/check.ts', '--help')
    expect(help.code).toBe(0)
    expect(help.stdout).toMatch(/ {2}boundaries +who may import whom/)

    const unknown = runScript(home, 'cli/check.ts', '--only', 'nothing')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/There is no check "nothing"\. There are: dead-code, types/)
  })
})

test('a check that saw nothing has failed, and one that throws does not stop the others', async () => {
  const fine = { seen: 1, unit: 'files', problems: [] }
  const results = await runChecks(
    '.',
    [
      { name: 'blind', about: '', run: async () => ({ ...fine, seen: 0 }) },
      { name: 'broken', about: '', run: () => Promise.reject(new Error('no tool')) },
      { name: 'fine', about: '', run: async () => fine },
    ],
    () => undefined,
  )

  expect(results.map(({ name, ok }) => [name, ok])).toEqual([
    ['blind', false],
    ['broken', false],
    ['fine', true],
  ])
  expect(results[0]?.problems[0]).toMatch(/Saw no files at all/)
  expect(results[1]?.problems[0]).toMatch(/no tool/)
})

describe('the lock file', () => {
  const lock = (packages: Record<string, object>) => JSON.stringify({ name: 'a', lockfileVersion: 3, packages })
  const tool = {
    version: '1.0.0',
    dev: true,
    optionalDependencies: { '@t/linux-x64-gnu': '1.0.0', '@t/win32-arm64-msvc': '1.0.0' },
  }
  const found = { version: '1.0.0', dev: true, optional: true, os: ['linux'], cpu: ['x64'], libc: ['glibc'] }
  const incomplete = lock({
    '': { devDependencies: { tool: '1.0.0' } },
    'node_modules/@t/linux-x64-gnu': { ...found, resolved: 'https://example.org/linux-x64-gnu.tgz' },
    'node_modules/tool': tool,
  })

  test('gains an entry for a platform that the registry lacked, and loses addresses', () => {
    const completed = completeLock(incomplete)
    expect(completed.added).toEqual(['node_modules/@t/win32-arm64-msvc 1.0.0'])
    expect(JSON.parse(completed.text).packages).toEqual({
      '': { devDependencies: { tool: '1.0.0' } },
      'node_modules/@t/linux-x64-gnu': found,
      'node_modules/@t/win32-arm64-msvc': {
        version: '1.0.0',
        dev: true,
        optional: true,
        os: ['win32'],
        cpu: ['arm64'],
      },
      'node_modules/tool': tool,
    })
    expect(lockProblems(incomplete, { tool: '1.0.0' }).problems).toHaveLength(2)
    expect(lockProblems(completed.text, { tool: '1.0.0' })).toEqual({ packages: 4, problems: [] })
    expect(completeLock(completed.text)).toEqual({ text: completed.text, added: [] })
  })

  test('puts the entry where the version in the way is another one', () => {
    const nested = lock({
      '': {},
      'node_modules/@t/linux-x64-gnu': found,
      'node_modules/@t/win32-arm64-msvc': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/@t/linux-x64-gnu': { version: '2.0.0' },
      'node_modules/a/node_modules/tool': {
        version: '2.0.0',
        optionalDependencies: { '@t/linux-x64-gnu': '2.0.0', '@t/win32-arm64-msvc': '2.0.0' },
      },
    })
    expect(completeLock(nested).added).toEqual(['node_modules/a/node_modules/@t/win32-arm64-msvc 2.0.0'])
  })

  test('is not patched up where an ordinary package is missing', () => {
    const broken = lock({ '': { dependencies: { tool: '1.0.0' } } })
    expect(() => completeLock(broken)).toThrow(/tool 1\.0\.0, which package\.json needs, is missing/)
  })

  test('is kept as it is by the command when nothing is missing', () => {
    project = plantProject(cleanFiles)
    const { code, stdout } = runScript(project.root, join(home, '.ci/complete-lock.ts'))
    expect([code, stdout.trim()]).toEqual([0, 'package-lock.json was complete.'])
    expect(readFileSync(join(project.root, 'package-lock.json'), 'utf8')).toBe(cleanFiles['package-lock.json'])
  })
})

describe('the line that counts the tests', () => {
  const count = (report: object | undefined) => {
    project = plantProject(report === undefined ? {} : { 'tests.json': JSON.stringify(report) })
    const { code, stdout } = runScript(project.root, join(home, '.ci/count-tests.ts'), join(project.root, 'tests.json'))
    return [code, stdout]
  }
  const passed = { status: 'passed', assertionResults: [{}] }

  test.each([
    ['all passed', { numPassedTests: 7, numFailedTests: 0, testResults: [passed] }, 0, 'tests: 7 passed, 0 failed\n'],
    ['some failed', { numPassedTests: 7, numFailedTests: 2, testResults: [passed] }, 1, 'tests: 7 passed, 2 failed\n'],
    [
      'a file did not load',
      { numPassedTests: 7, numFailedTests: 0, testResults: [passed, { status: 'failed', assertionResults: [] }] },
      1,
      'tests: 7 passed, 1 failed\n',
    ],
    ['none ran', { numPassedTests: 0, numFailedTests: 0, testResults: [] }, 1, 'tests: 0 passed, 0 failed\n'],
    ['the run broke off', undefined, 1, 'tests: 0 passed, 1 failed\n'],
  ])('%s', (_, report, code, line) => {
    expect(count(report)).toEqual([code, line])
  })
})
