import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, matchesGlob, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import biomeSettings from '../biome.json' with { type: 'json' }
import manifest from '../package.json' with { type: 'json' }
import compiler from '../tsconfig.json' with { type: 'json' }

const root = resolve(import.meta.dirname, '..')
const made = new Set(['node_modules', 'cdk.out', '.audit-lake', 'coverage'])

const filesHere = (pattern: string): string[] => globSync(pattern, { cwd: root, exclude: (name) => made.has(name) })

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Runs a tool of the project and returns its output, also when it reports problems. */
function runTool(tool: string, args: readonly string[], cwd = root): string {
  const { stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', tool), args, { cwd, encoding: 'utf8' })
  return `${stdout}\n${stderr}`
}

const importRule = z.object({
  options: z.object({
    paths: z.record(z.string(), z.string()).default({}),
    patterns: z.array(z.object({ message: z.string() })),
  }),
})

/** The import rules of biome.json: the files they cover, and the messages by which they refuse an import. */
const importRules = biomeSettings.overrides.flatMap(({ includes, linter }) => {
  const { data } = importRule.safeParse(
    Object.entries(linter.rules.style).find(([name]) => name === 'noRestrictedImports')?.[1],
  )
  if (data === undefined) return []
  const { paths, patterns } = data.options
  return [{ includes, messages: [...Object.values(paths), ...patterns.map(({ message }) => message)] }]
})

/** One violation per file: its place, its code, and part of the check's message. */
const planted: readonly (readonly [path: string, source: string, message: RegExp])[] = [
  ['bin/a.ts', "import '../lambdas/core/a.ts'", /CDK entry.*into lib/],
  ['lib/core.ts', "import '../lambdas/core/a.ts'", /infrastructure loads no code.*manifest or an env\.ts/],
  ['lib/function.ts', "import '../lambdas/functions/writer/index.ts'", /infrastructure loads no code/],
  ['lib/type.ts', "import type { A } from '../local/a.ts'", /infrastructure loads no code/],
  ['lib/lake/again.ts', "export * from '../../test/a.ts'", /infrastructure loads no code/],
  ['lib/late.ts', "await import('../cli/a.ts')", /infrastructure loads no code/],
  ['settings/a.ts', "import '../lib/app.ts'", /Settings know the schemas/],
  ['schemas/a.ts', "import '../lambdas/core/a.ts'", /Keep them to types and data/],
  ['schemas/package.ts', "import 'yaml'", /Keep them to types and data/],
  ['schemas/backwards.ts', "import './compiler/load.ts'", /Keep them to types and data/],
  ['schemas/compiler/a.ts', "import '../../lib/app.ts'", /compiler of schemas knows the schemas alone/],
  ['lambdas/functions/a/other.ts', "import '../writer/env.ts'", /never another function/],
  ['lambdas/functions/a/lib.ts', "import '../../../lib/app.ts'", /the infrastructure or a local run/],
  ['lambdas/functions/a/zod.ts', "import { z } from 'zod'", /Compute the value when the stack is synthesized/],
  ['lambdas/functions/a/late.ts', 'export const a = process.env.A', /process\.env/],
  ['lambdas/functions/b/env.ts', "import '../../core/a.ts'", /Keep it to constants/],
  ['lambdas/connectors/bolt/a.ts', "import '../acme/client.ts'", /what two providers share into lambdas\/core/],
  ['lambdas/connectors/bolt/b.ts', "import '../../functions/a/index.ts'", /A connector knows its own provider/],
  ['lambdas/connectors/bolt/c.ts', "import '@aws-sdk/client-s3'", /core and functions reach AWS/],
  ['lambdas/connectors/bolt/d.ts', "import 'aws-cdk-lib/core'", /Compute the value/],
  ['lambdas/connectors/bolt/e.ts', 'export const a = process.env.A', /Don't use process\.env/],
  ['lambdas/connectors/bolt/manifest.ts', "import './client.ts'", /Keep a manifest to data/],
  ['lambdas/connectors/acme/manifest.ts', "import '../bolt/manifest.ts'", /nor another provider/],
  ['lambdas/connectors/cast/manifest.ts', "import 'yaml'", /Keep a manifest to data/],
  ['lambdas/core/a.ts', "import '../connectors/acme/client.ts'", /Core serves every provider/],
  ['lambdas/core/poll/b.ts', "import '../../../schemas/generated/index.ts'", /Core serves every provider/],
  ['lambdas/core/c.ts', "import { App } from 'aws-cdk-lib'", /Compute the value/],
  ['lambdas/core/d.ts', 'export const { env } = process', /global variable process/],
  ['lambdas/core/e.ts', "export const a = globalThis.process['env']", /process\.env/],
  ['lambdas/core/f.ts', "import { env } from 'node:process'", /Only a function's index\.ts reads the process/],
  ['lambdas/core/g.ts', "import { env } from 'process'", /Only a function's index\.ts reads the process/],
  ['lambdas/core/one.ts', "import type { B } from './two.ts'\nexport type A = B", /cycle/],
  ['lambdas/core/two.ts', "import type { A } from './one.ts'\nexport type B = A[]", /cycle/],
  ['lambdas/core/long.ts', 'void 0\n'.repeat(351), /too many lines/],
  ['simulators/acme/a.ts', "import '../../lambdas/core/a.ts'", /shares no code with what it tests/],
  ['simulators/acme/b.ts', "import '../bolt/feed.ts'", /nor with another provider's simulator/],
  ['local/a.ts', "import '../cli/a.ts'", /Move what is shared into local/],
  ['cli/a.ts', "import '../bench/a.ts'", /Move what is shared into cli or local/],
  ['cli/b.ts', "import '../console/api.ts'", /Commands work without the console/],
  ['cli/console.ts', "import '../console/server/guard.ts'", /starts the server of the console/],
  ['console/server/a.ts', "import '../page/main.tsx'", /the page is bundled, not imported/],
  ['console/server/b.ts', "import '../../simulators/acme/a.ts'", /listens as simulators do/],
  ['console/page/a.tsx', "import '../../cli/a.ts'", /runs in a browser and knows the contract alone/],
  ['console/page/b.ts', "import 'node:fs'", /runs in a browser and knows the contract alone/],
  ['bench/a.ts', "import '../test/a.ts'", /nothing imports them/],
  ['.ci/a.ts', "import '../cli/a.ts'", /A tool runs this file alone/],
]

const violations = mkdtempSync(join(realpathSync(tmpdir()), 'audit-lake-house-'))
let reports: string[] = []

beforeAll(() => {
  copyFileSync(join(root, 'biome.json'), join(violations, 'biome.json'))
  for (const [path, source] of planted) {
    mkdirSync(dirname(join(violations, path)), { recursive: true })
    writeFileSync(join(violations, path), `${source}\n`)
  }
  const output = runTool('biome', ['lint', '--reporter=github', '--max-diagnostics=none', '.'], violations)
  reports = output.split('\n').filter((line) => line.startsWith('::'))
})
afterAll(() => rmSync(violations, { recursive: true }))

test.each(planted)('%s fails: %s', (path, _, message) => {
  expect(reports.filter((report) => report.includes(`/${path},`)).join('\n')).toMatch(message)
})

test('every import rule has a planted violation', () => {
  expect(importRules.length).toBeGreaterThan(10)
  for (const message of importRules.flatMap(({ messages }) => messages)) expect(reports.join('\n')).toContain(message)
})

/** Generated files come from the generator, and tests may import anything. */
test('an import rule covers every TypeScript file of the product', () => {
  const includes = importRules.flatMap((rule) => rule.includes)
  const written = filesHere('**/*.ts').filter((path) => !/^(test|schemas\/generated)\//.test(path))
  expect(written.length).toBeGreaterThan(100)
  expect(written.filter((path) => !includes.some((include) => matchesGlob(path, include)))).toEqual([])
})

test('Biome and the compiler see every TypeScript file', () => {
  const written = filesHere('**/*.ts').filter((path) => !/^schemas\/generated\/|^test\/.*fixtures\//.test(path))
  const linted = /Checked (\d+) files/.exec(runTool('biome', ['lint', '--only=suspicious/noDebugger', '.']))?.[1]
  expect(Number(linted)).toBeGreaterThanOrEqual(written.length)
  const compiled = compiler.include.map((entry) => (entry.includes('*') ? entry : `${entry}/**`))
  expect(written.filter((path) => !compiled.some((pattern) => matchesGlob(path, pattern)))).toEqual([])
})

/** Imports out of reach of Biome's rules: a computed name, a type's inline import, a path with a detour. */
const hiddenImport = /\bimport\((?!'[^']+'\))|(?<!await )\bimport\('|'\.\/\.\.\/|'\/|'file:/

test.each([
  ['import(`../$' + '{name}.ts`)'],
  ["type A = import('../local/a.ts').A"],
  ["import './../hex/a.ts'"],
  ["import '/etc/a.ts'"],
])('an import out of reach of the rules is found: %s', (source) => {
  expect(source).toMatch(hiddenImport)
})

test('every import of the product is within reach of the rules', () => {
  const product = filesHere('{bin,lib,settings,schemas,lambdas,simulators}/**/*.ts')
  const importing = (path: string) =>
    read(path)
      .split('\n')
      .filter((line) => /\bimport\b|\bfrom '/.test(line))
  const hidden = product.filter((path) => importing(path).some((line) => hiddenImport.test(line)))
  // Manifests are found by folder; Biome judges what they import.
  expect(hidden).toEqual(['settings/manifests.ts'])
})

/** Providers by the folders of connectors and schemas; `auditlake` holds tables of the pipeline itself. */
const providers = [
  ...new Set(filesHere('{lambdas/connectors,schemas}/*/*.{ts,yaml}').map((path) => path.split('/').at(-2) ?? '')),
].filter((name) => !['auditlake', 'compiler', 'generated'].includes(name))

/** The providers that code names outside comments. Short names must be whole words; `'hex'` is a notation of bytes. */
function namedProviders(source: string): string[] {
  const code = source.replaceAll(/\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gs, '').replaceAll("'hex'", '')
  const words = new Set(
    code
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  )
  return providers.filter((name) => (name.length > 4 ? code.toLowerCase().includes(name) : words.has(name)))
}

test.each([
  ['export const isGitHubEvent = true', 'github'],
  ["const name = 'SLACK_TOKEN'", 'slack'],
  ["const type = 'Hex.Audit'", 'hex'],
  ['interface A { hexWebhook: string }', 'hex'],
])('a provider that core names is found: %s', (source, provider) => {
  expect(namedProviders(source)).toEqual([provider])
})

test('core names no provider', () => {
  const core = filesHere('lambdas/core/**/*.ts')
  expect(core.length).toBeGreaterThan(50)
  expect(core.map((path) => [path, namedProviders(read(path))]).filter(([, names]) => names?.length !== 0)).toEqual([])
})

test('every version in package.json is exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest
  const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.length).toBeGreaterThan(10)
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))).toEqual([])
  expect(Object.keys(dependencies).filter((name) => name in devDependencies)).toEqual([])
})

test('every server of the product listens through the one that refuses pages of other sites', () => {
  const product = filesHere('{bench,bin,cli,lambdas,lib,local,schemas,settings,simulators}/**/*.ts')
  expect(product.filter((path) => /\bcreateServer\b|\bnew Server\(|\.listen\(/.test(read(path)))).toEqual([
    'simulators/shared/loopback-server.ts',
  ])
})

test('every command prints through the files that make foreign text harmless', () => {
  const printing = filesHere('{bin,cli,lib,local,schemas,settings,simulators}/**/*.{ts,mjs}').filter((path) => {
    // A stream as an argument or default value prints nothing yet.
    const harmless = /^ *(?:\*|\/\*\*|\/\/).*$|[=,(] process\.std(?:out|err)\b(?!\.)|process\.stdout\.on\(/gm
    const code = read(path).replaceAll(harmless, '')
    const writes = /^(?:cli|local\/screen)\//.test(path) && /\.write\(/.test(code)
    return writes || /\bconsole\.(?!ts')\w|\bprocess\.std(?:out|err)\.|'log-update'/.test(code)
  })
  expect(printing.sort()).toEqual([
    // A program of the CDK, which prints SettingsError only.
    'bin/audit-lake.ts',
    'bin/require-node.mjs',
    // Runs in the process of a function, whose output goes to its log.
    'local/aws/lambda/bootstrap.ts',
    'local/screen/print.ts',
    'local/screen/redraw.ts',
  ])
})
