/**
 * What core needs of the outside, as small as it can be. `core/aws` implements these with SDK clients; nothing else in
 * core knows that AWS exists.
 */

/** An object and the tag that changes whenever its content does. */
export interface StoredObject {
  readonly body: Uint8Array
  readonly etag: string
}

/** An object in a listing. */
export interface ListedObject {
  readonly key: string
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number
}

/** `absent`: only if there is no such object. An etag: only if the object still is the one read. */
export type PutCondition = { readonly absent: true } | { readonly etag: string }

export interface ObjectStore {
  /** `undefined` when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>
  put(key: string, body: Uint8Array): Promise<void>
  /** Puts if the condition holds. @returns the tag of the new object; `undefined` when another writer was faster */
  putIf(key: string, body: Uint8Array, condition: PutCondition): Promise<string | undefined>
  /**
   * The first objects below a prefix, in the order of their keys.
   * @param limit at most 1,000
   * @param after a key; only what comes behind it
   */
  list(prefix: string, limit: number, after?: string): Promise<readonly ListedObject[]>
  delete(key: string): Promise<void>
}

/** An object of which parts are read, because it may be large. */
export interface OpenObject {
  /** Bytes of the whole object. */
  readonly byteLength: number
  /** The bytes from `start` up to, and without, `end`; to the end by default. */
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

/** Objects that are never changed once they are written, to be read in parts. */
export interface ObjectReader {
  /** `undefined` when there is no such object. */
  open(key: string): Promise<OpenObject | undefined>
}

export interface MessageQueue {
  /**
   * Sends messages. Never throws.
   * @returns the messages that may not be in the queue, with why; none when all are
   */
  send(bodies: readonly string[]): Promise<readonly Unsent[]>
}

/** A message that may not have reached the queue. */
export interface Unsent {
  readonly body: string
  readonly cause: unknown
}

/** A version of a secret. */
export interface SecretVersion {
  readonly value: string
  /** When this version was made, in milliseconds since 1970. */
  readonly createdAt: number
}

export interface SecretStore {
  /**
   * The version that carries a label; `undefined` when none does.
   * @throws {TransientError} when it cannot be read
   */
  read(secretId: string, label: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretVersion | undefined>
}
