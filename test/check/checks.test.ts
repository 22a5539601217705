import { afterEach, describe, expect, test } from 'vitest'
import { checkBoundaries } from '../../cli/check/boundaries.ts'
import type { Verdict } from '../../cli/check/check.ts'
import { checkHouseWords } from '../../cli/check/house-words.ts'
import { checkPackages } from '../../cli/check/packages.ts'
import { checkDeadCode, checkFormatAndLint, checkGenerated, checkTypes } from '../../cli/check/tools.ts'
import { cleanFiles, type Project, plantProject } from './project.ts'

let project: Project | undefined
afterEach(() => project?.remove())

async function judge(
  run: (root: string) => Promise<Verdict>,
  planted: Readonly<Record<string, string>>,
): Promise<{ seen: number; text: string }> {
  project = plantProject({ ...cleanFiles, ...planted })
  const { seen, problems } = await run(project.root)
  return { seen, text: problems.join('\n') }
}

const planted: readonly {
  readonly name: string
  readonly run: (root: string) => Promise<Verdict>
  readonly violations: readonly (readonly [what: string, files: Record<string, string>, messages: readonly RegExp[]])[]
}[] = [
  {
    name: 'lint',
    run: checkFormatAndLint,
    violations: [
      [
        'every rule that is broken',
        {
          'lib/format.ts': 'export const  spaced = 1\n',
          'lib/loose.ts': 'export const loose: any = 1\n',
          'lib/floating.ts':
            'async function later(): Promise<void> {}\n\nexport function now(): void {\n  later()\n}\n',
          'lib/bare.ts': "export { sep } from 'path'\n",
          'lib/WrongName.ts': 'export const name = 1\n',
          'test/focused.test.ts':
            "import { test } from 'vitest'\n\ntest.only('a', () => {})\ntest.skip('b', () => {})\n",
        },
        [
          /lib\/format\.ts format/,
          /noExplicitAny/,
          /noFloatingPromises/,
          /useNodejsImportProtocol/,
          /useFilenamingConvention/,
          /noFocusedTests/,
          /noSkippedTests/,
        ],
      ],
    ],
  },
  {
    name: 'types',
    run: checkTypes,
    violations: [
      [
        'a wrong type',
        { 'lib/wrong.ts': "export const wrong: number = 'text'\n" },
        [/lib\/wrong\.ts\(1,14\): error TS2322/],
      ],
      [
        'a file that nobody compiles',
        { 'attic/old.ts': 'export {}\n' },
        [/attic\/old\.ts: the compiler does not look at it/],
      ],
    ],
  },
  {
    name: 'dead code',
    run: checkDeadCode,
    violations: [
      [
        'what nothing uses',
        {
          'lib/forgotten.ts': 'export const forgotten = 1\n',
          'lambdas/core/digest.ts': `${cleanFiles['lambdas/core/digest.ts']}\nexport const unread = 1\n`,
          'package.json': (cleanFiles['package.json'] ?? '').replace('"yaml"', '"zod": "4.6.7",\n    "yaml"'),
        },
        [/Unused files \(1\)\s+lib\/forgotten\.ts/, /Unused dependencies \(1\)\s+zod/, /Unused exports \(1\)\s+unread/],
      ],
    ],
  },
  {
    name: 'words',
    run: checkHouseWords,
    violations: [
      ['a name that says nothing', { 'lib/utils.ts': 'export {}\n' }, [/lib\/utils\.ts: the name says nothing/]],
      [
        'a to-do without an issue',
        { 'lib/late.ts': `// ${'TO'}${'DO'} later\n` },
        [/lib\/late\.ts:1: a to-do that names no/],
      ],
      ['a registry', { '.npmrc': 'registry = https://example.org/\n' }, [/\.npmrc:1: chooses a package registry/]],
      [
        'an address',
        { 'docs/a.md': `\nhttps://${'registry'}.example.org/x\n` },
        [/docs\/a\.md:2: names a package registry/],
      ],
    ],
  },
  {
    name: 'packages',
    run: checkPackages,
    violations: [
      [
        'a range of versions',
        { 'package.json': (cleanFiles['package.json'] ?? '').replace('2.9.1', '^2.9.1') },
        [/yaml has the version "\^2\.9\.1"/, /package-lock\.json: has yaml 2\.9\.1, and package\.json \^2\.9\.1/],
      ],
      [
        'a package that is not in the lock file',
        {
          'package-lock.json': (cleanFiles['package-lock.json'] ?? '').replace(
            'node_modules/undici-types',
            'node_modules/other',
          ),
        },
        [/undici-types ~7\.18\.0, which node_modules\/@types\/node needs, is not in it/],
      ],
      [
        'the address of a registry',
        {
          'package-lock.json': (cleanFiles['package-lock.json'] ?? '').replace(
            '"version": "7.18.2"',
            '"version": "7.18.2", "resolved": "https://example.org/undici-types.tgz"',
          ),
        },
        [/node_modules\/undici-types names the registry it came from/],
      ],
    ],
  },
]

describe.each(planted)('$name', ({ run, violations }) => {
  test('passes on a clean project, having seen it', async () => {
    const verdict = await judge(run, {})
    expect(verdict.text).toBe('')
    expect(verdict.seen).toBeGreaterThan(3)
  })

  test.each(violations)('fails on %s', async (_, files, messages) => {
    const { text } = await judge(run, files)
    for (const message of messages) expect(text).toMatch(message)
  })
})

test('lint fails when it is told to look away', async () => {
  const verdict = await judge(checkFormatAndLint, { 'biome.json': '{ "files": { "includes": ["bin/**"] } }\n' })
  expect(verdict.text).toMatch(/Biome saw 2 files, but the project has 8 TypeScript files/)
})

test('generated files are compared with their schemas', async () => {
  project = plantProject({})
  for (const folder of ['cli', 'docs', 'lambdas', 'lib', 'schemas', 'package.json']) project.copy(folder)
  const clean = await checkGenerated(project.root)
  project.write({ 'schemas/generated/index.ts': '// changed by hand\n' })
  const changed = await checkGenerated(project.root)

  expect(clean.problems).toEqual([])
  expect(clean.seen).toBeGreaterThan(0)
  expect(changed.problems.join('\n')).toMatch(/schemas\/generated\/index\.ts: is not up to date; run npm run generate/)
})

test('boundaries see every file of a clean project', async () => {
  const verdict = await judge(checkBoundaries, {})
  expect(verdict).toEqual({ seen: 8, text: '' })
})
