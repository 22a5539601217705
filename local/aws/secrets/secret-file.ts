import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isObject } from '../../json.ts'

/** One value of a secret. */
export interface Version {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  stages: readonly string[]
  readonly string: string
}

export interface Secret {
  readonly name: string
  readonly arn: string
  /** Seconds since 1970. */
  readonly created: number
  readonly versions: Version[]
}

/** All secrets in memory, and in a JSON file that only its owner can read and that is replaced as a whole. */
export class SecretFile {
  readonly secrets: Secret[]
  readonly #file: string

  /** @throws {Error} when the file is there and is not what `save` wrote */
  constructor(file: string) {
    this.#file = file
    this.secrets = read(file)
  }

  save(): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    const temporary = `${this.#file}.new`
    writeFileSync(temporary, JSON.stringify({ secrets: this.secrets }, undefined, 2), { mode: 0o600 })
    renameSync(temporary, this.#file)
  }
}

function read(file: string): Secret[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  const damaged = `${file} is not a file of secrets: move it away, or delete it to have new secrets made`
  let state: unknown
  try {
    state = JSON.parse(text)
  } catch {
    throw new Error(damaged) // without the parser's message, which quotes the text
  }
  const secrets: unknown = isObject(state) ? state.secrets : undefined
  if (!Array.isArray(secrets) || !secrets.every(isSecret)) throw new Error(damaged)
  return secrets
}

function isSecret(value: unknown): value is Secret {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    typeof value.arn === 'string' &&
    typeof value.created === 'number' &&
    Array.isArray(value.versions) &&
    value.versions.every(isVersion)
  )
}

function isVersion(value: unknown): value is Version {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.created === 'number' &&
    typeof value.string === 'string' &&
    Array.isArray(value.stages)
  )
}
