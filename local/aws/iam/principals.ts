import { randomBytes } from 'node:crypto'
import { isObject, readObject, replaceFile } from '../../json.ts'

/** An access key. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of a temporary key, which counts only together with it. */
  readonly sessionToken?: string
}

/** A caller of the stores: one of the pipeline's functions, a user, a session of a role, or the operator. */
export interface Principal extends AccessKey {
  /** Name in logs and permissions. */
  readonly name: string
}

/** The principal that may do everything. */
export const operator = 'operator'

/** The callers of the gateway, by access key. */
export class Principals {
  readonly #byKey = new Map<string, Principal>()
  readonly #file: string

  /** @param file Keeps the keys that must stay the same; only its owner can read it. */
  constructor(file: string) {
    this.#file = file
  }

  /** Adds a caller with new random keys. */
  create(name: string): Principal {
    return this.#add({ name, ...newKey('AKIA') })
  }

  /** Adds a caller with a new temporary key. */
  createTemporary(name: string): Principal {
    return this.#add({ name, ...newKey('ASIA'), sessionToken: randomBytes(48).toString('base64') })
  }

  /**
   * Adds a caller with a key that stays the same after a restart.
   * @param id Names the key in the file.
   */
  keep(name: string, id: string): Principal {
    const kept = readObject(this.#file)
    const found = kept[id]
    if (isObject(found)) {
      const { accessKeyId, secretAccessKey } = found
      return this.#add({ name, accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) })
    }
    const key = newKey('AKIA')
    replaceFile(this.#file, { ...kept, [id]: key })
    return this.#add({ name, ...key })
  }

  find(accessKeyId: string): Principal | undefined {
    return this.#byKey.get(accessKeyId)
  }

  #add(principal: Principal): Principal {
    this.#byKey.set(principal.accessKeyId, principal)
    return principal
  }
}

function newKey(prefix: 'AKIA' | 'ASIA') {
  return {
    accessKeyId: `${prefix}${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  }
}
