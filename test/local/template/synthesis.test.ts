import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { provideAssembly } from '../../../local/template/assembly-cache.ts'
import { countSynthesis, synthesesVariable, synthesize } from '../../../local/template/synthesis.ts'
import { webhookSettings } from '../../support/pipeline.ts'

test('the local run has the template and bundles of `npm run synth`, in a folder closed to others', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'synthesis-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const config = path.join(folder, 'settings.yaml')
  writeFileSync(config, webhookSettings)
  const [local, deployed] = [path.join(folder, 'local'), path.join(folder, 'deployed')]
  // Left by an older version, open to others: what they wrote into an asset must not be deployed.
  mkdirSync(path.join(deployed, 'asset.old'), { recursive: true })
  chmodSync(deployed, 0o755)

  await provideAssembly(local, { config })
  countSynthesis(config)
  execFileSync('npm', ['run', 'synth', '--', '--output', deployed, '-c', `config=${config}`], { stdio: 'pipe' })

  // Names of assets are hashes of their content.
  const [own, other] = [local, deployed].map((one) => readFileSync(path.join(one, 'AuditLake.template.json'), 'utf8'))
  // The merger's is that of its bundle and, where it is deployed, of a library for Lambda's processors.
  const [ownMerger = '', otherMerger = ''] = [own, other].map((text = '') => mergerAsset.exec(text)?.[1])
  expect(own?.replaceAll(ownMerger, otherMerger)).toBe(other)
  const merger = (assembly: string, asset: string, file: string) => path.join(assembly, `asset.${asset}`, file)
  const bundles = [merger(local, ownMerger, 'index.mjs'), merger(deployed, otherMerger, 'index.mjs')]
  expect(new Set(bundles.map((bundle) => readFileSync(bundle, 'utf8'))).size).toBe(1)
  const library = 'node_modules/@duckdb/node-bindings-linux-arm64/libduckdb.so'
  expect(existsSync(merger(deployed, otherMerger, library))).toBe(true)
  expect(existsSync(merger(local, ownMerger, library))).toBe(false)
  expect(statSync(deployed).mode & 0o777).toBe(0o700)
  expect(() => statSync(path.join(deployed, 'asset.old'))).toThrow('ENOENT')
  // One each for webhooks, what is fetched, streams, writer, merger, dead letters and janitor.
  for (const made of [local, deployed]) expect(bundlesIn(made)).toEqual([7, 7])
})

/** The hash of the merger's code in a template. */
const mergerAsset = /"MergerFunction[0-9A-F]{8}": \{[\s\S]*?"S3Key": "([0-9a-f]{64})\.zip"/

/** How many bundles an assembly names, and how many of them are there. */
function bundlesIn(assembly: string): [named: number, there: number] {
  const assets = readFileSync(path.join(assembly, 'AuditLake.assets.json'), 'utf8')
  const named = new Set([...assets.matchAll(/"path": "(asset\.[0-9a-f]+)"/g)].map(([, name = '']) => name))
  const there = [...named].filter((name) => existsSync(path.join(assembly, name, 'index.mjs')))
  return [named.size, there.length]
}

test('aborting a start ends its synthesis', async () => {
  vi.stubEnv(synthesesVariable, undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const synthesis = synthesize('/nowhere', { config: 'audit-lake.yaml', signal: AbortSignal.abort() })
  await expect(synthesis).rejects.toThrow('aborted')
})
