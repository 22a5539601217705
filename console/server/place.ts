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
import { HttpError } from './http-error.ts'

/** The run or deployment that a console looks at. */
export interface LookedAt {
  readonly place: () => Place
  /** The data folder of a local run; absent on AWS. */
  readonly folder?: string
  /** The choice, for the commands that the page names. */
  readonly choice: InstallationChoice
  /** Opens it, or returns it as it was opened. @throws {HttpError} while it cannot be opened, with the reason */
  open(): Promise<Installation>
  close(): void
}

/**
 * @param opened the installation, if it is open already; the caller closes it
 * @throws {Error} when the choice names both a run and a deployment
 */
export function lookAt(choice: InstallationChoice, opened?: Installation): LookedAt {
  const bucket = namedOpsBucket(choice, {})
  const folder = bucket === undefined ? localFolder(choice) : undefined
  const installations = new Installations(choice, folder)
  return {
    choice,
    ...(folder !== undefined && { folder }),
    place: () =>
      folder === undefined
        ? { kind: 'aws', name: bucket ?? '', simulated: false }
        : { kind: 'local', name: folder, simulated: readObject(runFile(folder)).simulated === true },
    open: async () => opened ?? (await installations.open()),
    close: () => installations.close(),
  }
}

const runFile = (folder: string): string => path.join(folder, 'run.json')

/** Opens a run anew when another one works in its folder. */
class Installations {
  readonly #choice: InstallationChoice
  readonly #folder: string | undefined
  #open: { readonly version: number | undefined; readonly installation: Promise<Installation> } | undefined

  constructor(choice: InstallationChoice, folder: string | undefined) {
    this.#choice = choice
    this.#folder = folder
  }

  async open(): Promise<Installation> {
    const version = this.#version()
    if (this.#open?.version !== version) this.close()
    this.#open ??= { version, installation: openInstallation(this.#choice, {}) }
    const opened = this.#open
    try {
      return await opened.installation
    } catch (cause) {
      if (this.#open === opened) this.#open = undefined
      throw new HttpError(503, reasonOf(cause), { cause })
    }
  }

  close(): void {
    this.#open?.installation.then(
      (installation) => installation.close(),
      () => {},
    )
    this.#open = undefined
  }

  #version(): number | undefined {
    return this.#folder === undefined ? undefined : statSync(runFile(this.#folder), { throwIfNoEntry: false })?.mtimeMs
  }
}
