import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The folder of this project, whose tools and settings the planted ones use. */
export const home = resolve(import.meta.dirname, '../..')

const lockEntries = {
  '': { dependencies: { yaml: '2.9.1' }, devDependencies: { '@types/node': '24.19.2' } },
  'node_modules/@types/node': { version: '24.19.2', dependencies: { 'undici-types': '~7.18.0' } },
  'node_modules/undici-types': { version: '7.18.2' },
  'node_modules/yaml': { version: '2.9.1' },
}

/** A whole project in small, in which every check finds something to look at and nothing to complain about. */
export const cleanFiles: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'sample',
      type: 'module',
      engines: { node: '>=20' },
      dependencies: { yaml: '2.9.1' },
      devDependencies: { '@types/node': '24.19.2' },
    },
    null,
    2,
  )}\n`,
  'package-lock.json': `${JSON.stringify({ name: 'sample', lockfileVersion: 3, packages: lockEntries }, null, 2)}\n`,
  'bin/sample.ts': "import { stack } from '../lib/stack.ts'\n\nconsole.log(stack())\n",
  'lib/stack.ts': `import { parse } from 'yaml'
import { acme } from '../lambdas/connectors/acme/manifest.ts'
import { env } from '../lambdas/handlers/relay/env.ts'

export function stack(): unknown {
  return parse(\`\${acme.provider}: \${env.queue}\`)
}
`,
  'lambdas/handlers/relay/env.ts': "export const env = { queue: 'QUEUE' } as const\n",
  'lambdas/handlers/relay/index.ts': `import { acmeEvents } from '../../connectors/acme/events.ts'
import { digest } from '../../core/digest.ts'
import { env } from './env.ts'

export function handler(): string {
  return digest(acmeEvents() + (process.env[env.queue] ?? ''))
}
`,
  'lambdas/connectors/acme/manifest.ts': "export const acme = { provider: 'acme' } as const\n",
  'lambdas/connectors/acme/events.ts': "export function acmeEvents(): string {\n  return 'events'\n}\n",
  'lambdas/core/digest.ts': `import { createHash } from 'node:crypto'
import type { Schema } from '../../schemas/definition.ts'

const schema: Schema = { name: 'any' }

/** Comments may name a provider, as GitHub here, where that explains something. */
export function digest(text: string): string {
  const toHex = 'hex'
  return createHash('sha256').update(schema.name).update(text).digest(toHex)
}
`,
  'schemas/definition.ts': 'export interface Schema {\n  readonly name: string\n}\n',
}

export interface Project {
  readonly root: string
  /** Writes files, given by their path in the project. */
  readonly write: (files: Readonly<Record<string, string>>) => void
  /** Copies a file or folder of this project to the same place there. */
  readonly copy: (path: string) => void
  readonly remove: () => void
}

/** A project in a folder of its own, with the settings and packages of this one. */
export function plantProject(files: Readonly<Record<string, string>>): Project {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'planted-')))
  const project: Project = {
    root,
    write: (added) => {
      for (const [path, text] of Object.entries(added)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
    },
    copy: (path) => cpSync(join(home, path), join(root, path), { recursive: true }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  symlinkSync(join(home, 'node_modules'), join(root, 'node_modules'))
  for (const settings of ['biome.json', 'knip.json', 'tsconfig.json']) project.copy(settings)
  project.write(files)
  return project
}
