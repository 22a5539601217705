import { rmSync, writeFileSync } from 'node:fs'
import { type JsonObject, readObject } from '../json.ts'
import { processInfo } from './process-table.ts'

/** Names this process so that a later one with the same id is not mistaken for it. */
export const ownClaim = () => ({ pid: process.pid, born: processInfo(process.pid)?.born ?? '' })

/**
 * Writes the claim of this process into a file, unless a living process has claimed it.
 *
 * @returns the id of that process, or undefined once this process has the claim. Two processes that find the claim of a
 *   dead one at the same time can both get it.
 */
export function claim(file: string): number | undefined {
  for (;;) {
    try {
      writeFileSync(file, `${JSON.stringify(ownClaim())}\n`, { flag: 'wx', mode: 0o600 })
      return undefined
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const claimant = livingClaimant(readObject(file))
    if (claimant !== undefined) return claimant
    rmSync(file, { force: true })
  }
}

/** Id of the process that wrote the claim, if it is still the same process: its id may have gone to another one. */
export function livingClaimant({ pid, born }: JsonObject): number | undefined {
  return typeof pid === 'number' && typeof born === 'string' && processInfo(pid)?.born === born ? pid : undefined
}
