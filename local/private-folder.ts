import { chmodSync, mkdirSync } from 'node:fs'

/** Makes a folder that only this user can enter; narrows one that is open to others. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}
