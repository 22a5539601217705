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
  /** Puts if the condition holds; resolves to false when another writer was faster. */
  putIf(key: string, body: Uint8Array, condition: PutCondition): Promise<boolean>
  /** The first objects below a prefix, in the order of their keys. */
  list(prefix: string, limit: number): Promise<readonly ListedObject[]>
  delete(key: string): Promise<void>
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
