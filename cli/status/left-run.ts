import path from 'node:path'
import { folderReader } from '../../local/aws/s3/folder-reader.ts'
import { leftRun } from '../../local/data-folder.ts'
import { readObject } from '../../local/json.ts'
import { livingClaimant } from '../../local/process/claim-file.ts'
import {
  clockOffset,
  type InstallationChoice,
  localFolder,
  namedOpsBucket,
  printedOptions,
  readFacts,
} from '../installation.ts'
import type { StatusPorts } from './collect.ts'

/** The stores of a local run, read from its folder, where nothing has to run for it. */
export interface FolderStatus extends StatusPorts {
  /** When the run last did something, in milliseconds since 1970. */
  readonly leftAt: number
}

/**
 * Reads a folder as its last run left it, and changes nothing in it.
 * @returns `undefined` when a run is running there, there was none, or the choice names a stack on AWS
 */
export async function openLeftRun(
  choice: InstallationChoice,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FolderStatus | undefined> {
  if (namedOpsBucket(choice, environment) !== undefined) return undefined
  const folder = localFolder(choice)
  if (livingClaimant(readObject(path.join(folder, 'run.json'))) !== undefined) return undefined
  return openFolder(folder, printedOptions(choice))
}

/**
 * The stores in a folder, whether or not its run is running.
 * @param clock by default it stands at the run's last deed
 * @returns `undefined` when no run was ever ready there
 */
export async function openFolder(
  folder: string,
  options: string,
  clock?: () => number,
): Promise<FolderStatus | undefined> {
  const left = leftRun(folder)
  if (!left) return undefined
  const ops = folderReader(left.objects, left.opsBucket)
  const place = `The local run that worked in ${folder}`
  const facts = await readFacts(ops, {
    place,
    remedy: 'It ended within its first minute: start it again with npm start.',
  })
  const bucket = facts.buckets.lake
  const lists = folderReader(left.objects, bucket)
  const { leftAt } = left
  const now = () => (clock?.() ?? leftAt) + clockOffset(folder)
  return { facts, ops, lake: { lists, files: lists, bucket }, now, options, leftAt }
}
