import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { addAuditLake } from '../lib/app.ts'
import { loadConfig, SettingsError } from '../settings/load.ts'

try {
  const app = new App({ autoSynth: false })
  const named: unknown = app.node.tryGetContext('config')
  addAuditLake(app, loadConfig(typeof named === 'string' ? named : join(import.meta.dirname, '../audit-lake.yaml')))
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
