import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { jsonIn } from '../../../lambdas/core/json/forms.ts'

const version = z.object({
  id: z.string(),
  /** Seconds since 1970 with their fraction: how the JSON protocol writes times. */
  created: z.number(),
  stages: z.array(z.string()),
  string: z.string(),
})
const secret = z.object({ name: z.string(), arn: z.string(), versions: z.array(version) })
const content = z.object({ secrets: z.array(secret) })

/** One value of a secret. */
export type Version = z.infer<typeof version>
export type Secret = z.infer<typeof secret>

/** All secrets, in memory and in a JSON file that only its owner can read. The file is replaced as a whole. */
export class SecretFile {
  readonly secrets: Secret[]
  readonly #file: string

  /** @throws {Error} when the file was not written by `save` */
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
  const { data } = content.safeParse(jsonIn(text))
  // Without a reason, which would quote the text.
  if (!data) throw new Error(`${file} is not a file of secrets: move it away, or delete it to have new secrets made`)
  return data.secrets
}
