import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkBoundaries } from '../../cli/check/boundaries.ts'
import { cleanFiles, type Project, plantProject } from './project.ts'

/** One violation per file; the message must name the file, the line and the rule. */
const planted: readonly (readonly [path: string, source: string, message: RegExp])[] = [
  ['bin/a.ts', "import '../lambdas/core/digest.ts'", /bin\/a\.ts:1: bin may not import lambdas\/core\/digest\.ts/],
  [
    'lib/b.ts',
    "\nimport '../lambdas/core/digest.ts'",
    /lib\/b\.ts:2: lib may not import .*name a function by the path/,
  ],
  ['lib/c.ts', "import '../lambdas/handlers/relay/index.ts'", /lib\/c\.ts:1: lib may not import lambdas\/handlers/],
  ['lib/d.ts', "import type { A } from '../local/a.ts'", /lib\/d\.ts:1: lib may not import local\/a\.ts/],
  ['lib/e.ts', "export * from '../test/a.ts'", /lib\/e\.ts:1: lib may not import test\/a\.ts/],
  ['lib/f.ts', "await import('../cli/a.ts')", /lib\/f\.ts:1: lib may not import cli\/a\.ts/],
  ['lib/g.ts', "export type A = import('../local/a.ts').A", /lib\/g\.ts:1: lib may not import local\/a\.ts/],
  [
    'lib/h.ts',
    "const name = 'a'\nawait import(`../$" + '{name}.ts`)',
    /lib\/h\.ts:2: imports a file whose name is computed/,
  ],
  ['lib/i.ts', "import '/etc/a.ts'", /lib\/i\.ts:1: imports "\/etc\/a\.ts", which cannot be followed/],
  ['lib/j.ts', "import '../scripts/a.ts'", /lib\/j\.ts:1: imports scripts\/a\.ts, which is in no room/],
  [
    'lambdas/handlers/other/index.ts',
    "import '../relay/env.ts'",
    /"other" may not import lambdas\/handlers\/relay\/env\.ts/,
  ],
  ['lambdas/handlers/other/a.ts', "import '../../../lib/stack.ts'", /handlers may not import lib\/stack\.ts/],
  ['lambdas/handlers/other/b.ts', "import { z } from 'zod'", /handlers may not use the package "zod"/],
  ['lambdas/handlers/other/env.ts', "import '../../core/digest.ts'", /env\.ts of a handler may not import/],
  [
    'lambdas/connectors/bolt/a.ts',
    "import '../acme/events.ts'",
    /"bolt" may not import lambdas\/connectors\/acme\/events\.ts/,
  ],
  [
    'lambdas/connectors/bolt/b.ts',
    "import '@aws-sdk/client-s3'",
    /connectors may not use the package "@aws-sdk\/client-s3"/,
  ],
  [
    'lambdas/connectors/bolt/c.ts',
    "import '../../handlers/relay/index.ts'",
    /connectors may not import lambdas\/handlers/,
  ],
  ['lambdas/connectors/bolt/d.ts', 'export const a = process.env.A', /bolt\/d\.ts:1: reads the environment/],
  [
    'lambdas/connectors/bolt/manifest.ts',
    "import './a.ts'",
    /manifests may not import lambdas\/connectors\/bolt\/a\.ts/,
  ],
  ['lambdas/connectors/bolt/manifest-b.ts', "import 'yaml'", /manifests may not use the package "yaml"/],
  [
    'lambdas/core/a.ts',
    "import '../connectors/acme/events.ts'",
    /core may not import lambdas\/connectors\/acme\/events\.ts/,
  ],
  ['lambdas/core/b.ts', "import '../../schemas/generated/a.ts'", /core may not import schemas\/generated\/a\.ts/],
  ['lambdas/core/c.ts', "import { App } from 'aws-cdk-lib/core'", /core may not use the package "aws-cdk-lib"/],
  ['lambdas/core/d.ts', 'export const { env } = process', /core\/d\.ts:1: reads the environment/],
  ['lambdas/core/e.ts', "export const a = globalThis.process['env']", /core\/e\.ts:1: reads the environment/],
  ['lambdas/core/f.ts', "import { env } from 'node:process'", /core\/f\.ts:1: reads the environment/],
  [
    'lambdas/core/g.ts',
    'export const isGitHubEvent = true',
    /core\/g\.ts:1: names the provider "github" in "isGitHubEvent"/,
  ],
  ['lambdas/core/h.ts', "export const a = 'SLACK_TOKEN'", /names the provider "slack" in "SLACK_TOKEN"/],
  ['lambdas/core/i.ts', 'export const a = `x-$' + '{1}-anthropic`', /names the provider "anthropic"/],
  ['lambdas/core/j.ts', "export const a = 'Hex.Audit'", /names the provider "hex" in "Hex\.Audit"/],
  [
    'lambdas/core/k.ts',
    'export interface A {\n  hexWebhook: string\n}',
    /core\/k\.ts:2: names the provider "hex" in "hexWebhook"/,
  ],
  ['lambdas/core/l.ts', 'export const boltEvents = 1', /names the provider "bolt" in "boltEvents"/],
  ['schemas/a.ts', "import '../lambdas/core/digest.ts'", /schemas may not import lambdas\/core\/digest\.ts/],
  ['local/a.ts', "import '../test/a.ts'", /local may not import test\/a\.ts/],
  ['bench/a.ts', "import '../test/a.ts'", /bench may not import test\/a\.ts/],
  ['scripts/a.ts', 'export {}', /scripts\/a\.ts: is in no room/],
  ['cli/broken.ts', 'export const = 1', /cli\/broken\.ts: cannot be read/],
]

let project: Project
let problems: readonly string[] = []

beforeAll(async () => {
  project = plantProject(cleanFiles)
  project.write(Object.fromEntries(planted.map(([path, source]) => [path, source])))
  problems = (await checkBoundaries(project.root)).problems
})
afterAll(() => project.remove())

test.each(planted)('%s is found out: %s', (path, _source, message) => {
  const own = problems.filter((problem) => problem.startsWith(`${path}:`))
  expect(own).toHaveLength(1)
  expect(own[0]).toMatch(message)
})

test('nothing else is complained of', () => {
  const others = problems.filter((problem) => !planted.some(([path]) => problem.startsWith(`${path}:`)))
  expect(others).toEqual([])
})
