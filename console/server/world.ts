import { statSync } from 'node:fs'
import path from 'node:path'
import {
  type Installation,
  type InstallationChoice,
  localFolder,
  namedOpsBucket,
  openInstallation,
  reasonOf,
} from '../../cli/installation.ts'
import { readObject } from '../../local/json.ts'
import type { Place } from '../api.ts'
import { type Ask, askAthena, askLake } from './ask.ts'
import { HttpError } from './http-error.ts'

/** The run or deployment that a console looks at, from which the answers are made. */
export interface World {
  readonly place: () => Place
  /** The data folder of a local run; absent on AWS. */
  readonly folder?: string
  readonly ask: Ask
  /** Opens it, or returns it as it was opened. @throws {HttpError} while it cannot be opened, with the reason */
  open(): Promise<Installation>
  close(): void
}

/**
 * @param opened the installation, if it is open already; the caller closes it
 * @throws {Error} when the choice names both a run and a deployment
 */
export function worldOf(choice: InstallationChoice, opened?: Installation): World {
  const bucket = namedOpsBucket(choice, {})
  if (bucket !== undefined) {
    const { open, close } = opening(choice, opened)
    const ask: Ask = async (sql, options) => {
      const { query } = await open()
      if (!query) throw new HttpError(503, 'This deployment has no Athena.')
      return await askAthena(query)(sql, options)
    }
    return { place: () => ({ kind: 'aws', name: bucket, simulated: false }), ask, open, close }
  }
  const folder = localFolder(choice)
  const runFile = path.join(folder, 'run.json')
  return {
    place: () => ({ kind: 'local', name: folder, simulated: readObject(runFile).simulated === true }),
    folder,
    ask: askLake(folder),
    ...opening(choice, opened, runFile),
  }
}

/** @param runFile of a local run; the run is opened anew when another one works in its folder */
function opening(choice: InstallationChoice, opened?: Installation, runFile?: string): Pick<World, 'open' | 'close'> {
  let known: { readonly version: number | undefined; readonly installation: Promise<Installation> } | undefined
  const close = () => {
    known?.installation.then(
      (installation) => installation.close(),
      () => {},
    )
    known = undefined
  }
  const open = async () => {
    if (opened) return opened
    const version = runFile === undefined ? undefined : statSync(runFile, { throwIfNoEntry: false })?.mtimeMs
    if (known?.version !== version) close()
    known ??= { version, installation: openInstallation(choice, {}) }
    const current = known
    try {
      return await current.installation
    } catch (cause) {
      if (known === current) known = undefined
      throw new HttpError(503, reasonOf(cause), { cause })
    }
  }
  return { open, close }
}

/**
 * Makes something at most once in a time; who asks meanwhile gets the same. An error is not kept.
 * @param keepMs how long it is kept
 */
export function cached<T>(keepMs: number, make: () => Promise<T>): () => Promise<T> {
  let made: { readonly at: number; readonly value: Promise<T> } | undefined
  return () => {
    if (made && performance.now() - made.at < keepMs) return made.value
    const value = make()
    const current = { at: performance.now(), value }
    made = current
    value.catch(() => {
      if (made === current) made = undefined
    })
    return value
  }
}
