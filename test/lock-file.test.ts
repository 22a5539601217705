import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const entryForm = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
})
const lockForm = z.object({ packages: z.record(z.string(), entryForm) })

type Entry = z.infer<typeof entryForm>

const folder = 'node_modules/'
const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/

const lockIn = (file: string) => lockForm.parse(JSON.parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8')))
const lock = lockIn('package-lock.json')

/**
 * What is wrong with an entry of the lock file. Every package must come from a registry and have its checksum, packages
 * for other platforms included; only one that lies inside another package's archive is covered by that checksum.
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json
 */
function faultOf(path: string, { link = false, inBundle = false, ...entry }: Entry): string | undefined {
  const name = entry.name ?? path.slice(path.lastIndexOf(folder) + folder.length)
  if (!path.startsWith(folder) || link) return 'is a folder; depend on a package of the registry'
  if (entry.resolved !== undefined && !isArchive(entry.resolved, name, entry.version)) {
    return `is resolved to ${entry.resolved}; depend on a package of the registry`
  }
  const isInside = inBundle && path.lastIndexOf(folder) > 0
  if (isInside && entry.integrity === undefined) return undefined
  return sha512.test(entry.integrity ?? '')
    ? undefined
    : 'has no checksum; install again from a registry that has the package'
}

/** The addresses of all npm registries end in the same way; which registry it is differs from machine to machine. */
function isArchive(address: string, name: string, version = ''): boolean {
  const url = URL.parse(address)
  const archive = `/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
  const plain = url !== null && url.protocol === 'https:' && url.search === '' && url.username === ''
  return plain && decodeURIComponent(url.pathname).endsWith(archive)
}

function faults(packages: Readonly<Record<string, Entry>>): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    const fault = path === '' ? undefined : faultOf(path, entry)
    return fault === undefined ? [] : [`${path} ${fault}`]
  })
}

test.each([
  ['package-lock.json', 100],
  // Its packages are deployed with the merger.
  ['lib/lake/merger-package/package-lock.json', 1],
])('every package of %s comes from a registry and has its checksum', (file, few) => {
  const { packages } = lockIn(file)
  expect(Object.keys(packages).length).toBeGreaterThan(few)
  expect(faults(packages)).toEqual([])
})

describe('one planted entry is refused', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`
  const from = (resolved: string): Entry => ({ version: '1.0.0', integrity, resolved })

  test.each<[string, string, Entry, string]>([
    ['without a checksum', 'node_modules/a', { version: '1.0.0' }, 'has no checksum'],
    ['with a weak checksum', 'node_modules/a', { version: '1.0.0', integrity: 'sha1-AAAA' }, 'has no checksum'],
    ['said to lie inside nothing', 'node_modules/a', { version: '1.0.0', inBundle: true }, 'has no checksum'],
    [
      'from git',
      'node_modules/a',
      from(`git+ssh://git@example.com/a.git#${'0'.repeat(40)}`),
      'is resolved to git+ssh:',
    ],
    ['from git over https', 'node_modules/a', from('git+https://example.com/a.git'), 'is resolved to git+https:'],
    ['from a file', 'node_modules/a', from('file:../a-1.0.0.tgz'), 'is resolved to file:'],
    ['over http', 'node_modules/a', from('http://example.com/a/-/a-1.0.0.tgz'), 'is resolved to http:'],
    ['from a website', 'node_modules/a', from('https://example.com/a.tgz'), 'is resolved to https:'],
    ['of another package', 'node_modules/a', from('https://example.com/b/-/b-1.0.0.tgz'), 'is resolved to https:'],
    ['of another version', 'node_modules/a', from('https://example.com/a/-/a-1.0.1.tgz'), 'is resolved to https:'],
    ['linked', 'node_modules/a', { resolved: '../a', link: true }, 'is a folder'],
    ['outside', '../a', { version: '1.0.0' }, 'is a folder'],
  ])('%s', (_, path, entry, fault) => {
    expect(faults({ ...lock.packages, [path]: entry })).toEqual([expect.stringContaining(`${path} ${fault}`)])
  })

  test.each<[string, string, Entry]>([
    ['from a registry', 'node_modules/@b/a', from('https://example.com/npm/@b/a/-/a-1.0.0.tgz')],
    ['under another name', 'node_modules/b', { ...from('https://example.com/a/-/a-1.0.0.tgz'), name: 'a' }],
    ['without an address', 'node_modules/a', { version: '1.0.0', integrity }],
    ['inside another package', 'node_modules/a/node_modules/b', { version: '1.0.0', inBundle: true }],
  ])('but not %s', (_, path, entry) => {
    expect(faults({ [path]: entry })).toEqual([])
  })
})
