import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { synthesesVariable } from '../../local/template/synthesis.ts'

/** Each takes many seconds of processor time, so tests share settings and with them syntheses. */
const maxSyntheses = 6

/** Runs around all tests, and fails a run with too many syntheses over all its processes. */
export function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'audit-lake-syntheses-'))
  const file = path.join(folder, 'syntheses')
  process.env[synthesesVariable] = file
  return () => {
    const settings = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    rmSync(folder, { recursive: true })
    console.log(`syntheses of the stack: ${settings.length}, at most ${maxSyntheses}`)
    if (settings.length <= maxSyntheses) return
    console.log(`  They were made from ${settings.join(', ')}. Share settings between tests; see webhookSettings.`)
    process.exitCode = 1
  }
}
