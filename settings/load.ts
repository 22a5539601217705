import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { z } from 'zod'
import { visible } from '../schemas/compiler/visible.ts'
import { parseYamlDocument, YamlProblems } from '../schemas/compiler/yaml-document.ts'
import { refuseExamples } from './example-names.ts'
import type { Config } from './settings.ts'
import { settingsSchema } from './settings-form.ts'

/** The settings are invalid. The message is for the operator who edits them and needs no stack trace. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'

  /** @param text may quote the file: what a terminal would obey or hide becomes an escape. */
  constructor(text: string, options?: ErrorOptions) {
    super(text.split('\n').map(visible).join('\n'), options)
  }
}

export interface LoadOptions {
  /**
   * Whether names that begin with `example-` are accepted: by local runs and by synthesis without a deployment.
   * @default false
   */
  readonly allowExamples?: boolean
}

/**
 * Reads the settings file.
 *
 * @param path The file; a relative path starts at the working directory.
 * @throws SettingsError that lists every problem with its line and remedy.
 */
export function loadConfig(path: string, { allowExamples = false }: LoadOptions = {}): Config {
  const file = displayName(path)
  const text = readText(path, file)
  try {
    return parseYamlDocument(file, text, allowExamples ? settingsSchema : settingsSchema.superRefine(refuseExamples))
  } catch (error) {
    if (!(error instanceof YamlProblems)) throw error
    const { count } = error
    throw new SettingsError(`${file} has ${count === 1 ? 'a problem' : `${count} problems`}:\n${error.message}`, {
      cause: error,
    })
  }
}

/** The JSON Schema with which editors complete and check the settings file. */
export function settingsJsonSchema(): z.core.JSONSchema.BaseSchema {
  // The YAML language server, behind most editors, supports draft 7 best.
  return z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' })
}

function readText(path: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const remedy = 'Name a readable file of UTF-8 text: "-c config=PATH" for cdk, "--config PATH" for npm start.'
    throw new SettingsError(`${file} cannot be read: ${reason}. ${remedy}`, { cause: error })
  }
}

function displayName(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path))
  return fromHere === '' || fromHere.startsWith('..') ? resolve(path) : fromHere
}
