import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { addAuditLake } from '../lib/app.ts'
import { loadConfig, SettingsError } from '../settings/load.ts'

try {
  const app = new App({ autoSynth: false })
  const named: unknown = app.node.tryGetContext('config')
  const file = typeof named === 'string' ? named : join(import.meta.dirname, '../audit-lake.yaml')
  // Given by local runs and npm run synth, and by no deployment. The CDK CLI gives it as text.
  const allowExamples = String(app.node.tryGetContext('allowExamples')) === 'true'
  const config = loadConfig(file, { allowExamples })
  // Before the stack, whose functions are bundled into the folder as soon as they are made.
  closeToOthers(app.outdir)
  addAuditLake(app, config)
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/**
 * Makes a folder private. CDK leaves asset folders writable to other users and reuses existing assets, so another user
 * could plant one.
 */
function closeToOthers(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) === 0) return
  chmodSync(folder, 0o700)
  const assets = readdirSync(folder).filter((name) => name.startsWith('asset.'))
  for (const name of assets) rmSync(join(folder, name), { recursive: true })
}
