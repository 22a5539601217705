import { z } from 'zod'
import { readKept, replaceFile } from '../../json.ts'

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
    const problem = 'is not a file of secrets: move it away, or delete it to have new secrets made'
    this.secrets = readKept(file, content, problem)?.secrets ?? []
  }

  save(): void {
    replaceFile(this.#file, { secrets: this.secrets })
  }
}
