import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { AssemblyCache } from '../../../local/template/assembly-cache.ts'

let folder: string
let kept: string
let output: string
let inputs: string
let made: number
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'assembly-cache-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  kept = path.join(folder, 'kept')
  output = path.join(folder, 'cdk.out')
  inputs = 'a'
  made = 0
})

const cache = (whileMaking: () => unknown = () => {}) =>
  new AssemblyCache({
    folder: kept,
    inputs: () => inputs,
    make: async (into) => {
      made++
      // As the CDK does, which also uses an asset that is there already.
      const asset = path.join(into, 'asset.1')
      if (!existsSync(asset)) {
        mkdirSync(asset)
        chmodSync(asset, 0o777)
        writeFileSync(path.join(asset, 'index.mjs'), 'code')
      }
      writeFileSync(path.join(into, 'manifest.json'), `{"made from": "${inputs}"}`)
      await whileMaking()
    },
  })

const manifest = () => readFileSync(path.join(output, 'manifest.json'), 'utf8')

test('an assembly is made once for the same inputs', async () => {
  await cache().provide(output)
  await cache().provide(output)
  await cache().provide(path.join(folder, 'other'))
  expect(made).toBe(1)
  expect(readFileSync(path.join(folder, 'other', 'asset.1', 'index.mjs'), 'utf8')).toBe('code')
  inputs = 'b'
  await cache().provide(output)
  expect([made, manifest()]).toEqual([2, '{"made from": "b"}'])
  inputs = 'a'
  await cache().provide(output)
  expect([made, manifest()]).toEqual([2, '{"made from": "a"}'])
  expect(readdirSync(folder).sort()).toEqual(['cdk.out', 'kept', 'other'])
})

test.each([
  ['a file was changed', (file: string) => writeFileSync(file, 'evil')],
  ['a file is missing', (file: string) => rmSync(file)],
  ['a file was added', (file: string) => writeFileSync(path.join(path.dirname(file), '..', 'package.json'), '{}')],
  ['the hash is missing', (file: string) => rmSync(path.join(file, '..', '..', '..', 'hash'))],
])('a kept assembly that was changed is made anew: %s', async (_, damage) => {
  await cache().provide(output)
  damage(path.join(kept, 'a', 'cdk.out', 'asset.1', 'index.mjs'))
  await cache().provide(output)
  expect(made).toBe(2)
  expect(readFileSync(path.join(output, 'asset.1', 'index.mjs'), 'utf8')).toBe('code')
  await cache().provide(output)
  expect(made).toBe(2)
})

test('an assembly whose inputs changed while it was made is used, but not kept', async () => {
  await cache(() => (inputs = 'edited')).provide(output)
  expect(existsSync(output)).toBe(true)
  expect(readdirSync(kept)).toEqual([])
})

test('a failure leaves nothing behind and keeps the previous assembly in place', async () => {
  await cache().provide(output)
  inputs = 'b'
  const failing = cache(() => {
    throw new Error('unknown property')
  })
  await expect(failing.provide(output)).rejects.toThrow('unknown property')
  expect(manifest()).toBe('{"made from": "a"}')
  expect([readdirSync(folder).sort(), readdirSync(kept)]).toEqual([['cdk.out', 'kept'], ['a']])
})

test('of two simultaneous starts one makes the assembly, and the other uses it', async () => {
  const steps: string[] = []
  const making = Promise.withResolvers<void>()
  const first = cache(() => making.promise).provide(output)
  const second = cache().provide(path.join(folder, 'other'), {
    onStep: (text) => {
      steps.push(text)
      making.resolve()
    },
  })
  await Promise.all([first, second])
  expect(made).toBe(1)
  expect(steps[0]).toContain('another start')
  expect(existsSync(path.join(folder, 'other', 'manifest.json'))).toBe(true)
})

test('the leftovers of a killed start do not delay the next one', async () => {
  mkdirSync(kept, { recursive: true })
  writeFileSync(path.join(kept, 'a.lock'), JSON.stringify({ pid: process.pid, born: 'long ago' }))
  mkdirSync(`${output}.new-1`)
  await cache().provide(output)
  expect(made).toBe(1)
  expect(readdirSync(folder).sort()).toEqual(['cdk.out', 'kept'])
  expect(readdirSync(kept)).toEqual(['a'])
})

test('at most eight are kept: the least recently used goes', async () => {
  for (const name of 'abcdefgh') {
    inputs = name
    await cache().provide(output)
  }
  inputs = 'a'
  await cache().provide(output)
  inputs = 'i'
  await cache().provide(output)
  expect(readdirSync(kept).join('')).toBe('acdefghi')
})

test('only the owner can enter the folders, even if they were open before', async () => {
  mkdirSync(kept, { mode: 0o755 })
  await cache().provide(output)
  const folders = [kept, path.join(kept, 'a'), path.join(kept, 'a', 'cdk.out'), output]
  expect(folders.map((one) => statSync(one).mode & 0o777)).toEqual(folders.map(() => 0o700))
})
