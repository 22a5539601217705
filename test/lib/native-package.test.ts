import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { NativePackage } from '../../lib/native-package.ts'

const root = join(import.meta.dirname, '..', '..')
const mergerFolder = join(root, 'lib', 'lake', 'merger-package')
const bindings = '@duckdb/node-bindings-linux-arm64'
const libraries = [`${bindings}/libduckdb.so`, `${bindings}/duckdb.node`]

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const lambdaLimit = 250 * 1024 * 1024

let outdir = ''
beforeEach(() => {
  outdir = temporaryFolder()
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'auditlake-native-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const jsonIn = (...path: readonly string[]) => JSON.parse(readFileSync(join(...path), 'utf8'))

describe('the package of the merger', () => {
  test('has DuckDB for arm64, and less than Lambda unpacks', () => {
    new NativePackage(mergerFolder, libraries).copyInto(outdir, { complete: true })
    for (const library of libraries) {
      const bytes = readFileSync(join(outdir, 'node_modules', library))
      expect(bytes.subarray(0, 4).toString('latin1')).toBe('\x7fELF')
      // EM_AARCH64
      expect(bytes.readUInt16LE(18)).toBe(183)
    }
    expect(readdirSync(outdir).sort()).toEqual(['node_modules', 'package.json'])
    const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(lambdaLimit / 2)
  })

  test('names its packages only, for a run on this machine', () => {
    const duckDb = new NativePackage(mergerFolder, libraries)
    duckDb.copyInto(outdir, { complete: false })
    expect(duckDb.packages).toEqual(['@duckdb/node-api'])
    expect(existsSync(join(outdir, 'package.json'))).toBe(true)
    expect(existsSync(join(outdir, 'node_modules'))).toBe(false)
  })

  test('has the version of DuckDB that tests and local runs use', () => {
    const { dependencies } = jsonIn(mergerFolder, 'package.json')
    const own = jsonIn(root, 'package.json')
    expect({ ...own.dependencies, ...own.devDependencies }).toMatchObject(dependencies)
    const [lock, ownLock] = [jsonIn(mergerFolder, 'package-lock.json'), jsonIn(root, 'package-lock.json')]
    const name = 'node_modules/@duckdb/node-bindings'
    expect(lock.packages[name].version).toBe(ownLock.packages[name].version)
    expect(lock.packages).toHaveProperty([`node_modules/${bindings}`])
  })
})

test('a library that npm left out is an error that names it and what to look at', () => {
  const folder = temporaryFolder()
  const own = { name: 'of-a-test', version: '1.0.0' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...own, dependencies: {} }))
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...own, lockfileVersion: 3, requires: true, packages: { '': own } }),
  )
  const incomplete = new NativePackage(folder, ['left-out/library.so'])
  expect(() => incomplete.copyInto(outdir, { complete: true })).toThrow(
    /left-out\/library\.so is missing or not for arm64.*lock file/,
  )
})
