import { randomBytes } from 'node:crypto'

/** A caller of the stores: one of the pipeline's functions, or the operator. */
export interface Principal {
  /** Name in logs and permissions. */
  readonly name: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The principal that may do everything. */
export const operator = 'operator'

/** The callers of the gateway, by access key. */
export class Principals {
  readonly #byKey = new Map<string, Principal>()

  /** Adds a caller with new random keys. */
  create(name: string): Principal {
    const accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`
    const secretAccessKey = randomBytes(30).toString('base64url')
    const principal = { name, accessKeyId, secretAccessKey }
    this.#byKey.set(accessKeyId, principal)
    return principal
  }

  find(accessKeyId: string): Principal | undefined {
    return this.#byKey.get(accessKeyId)
  }
}
