/**
 * What core needs of the outside, as small as it can be. `core/aws` implements these with SDK clients; nothing else in
 * core knows that AWS exists.
 */

/** An object and the tag that changes whenever its content does. */
export interface StoredObject {
  readonly body: Uint8Array
  readonly etag: string
}

/** `absent`: only if there is no such object. An etag: only if the object still is the one read. */
export type PutCondition = { readonly absent: true } | { readonly etag: string }

export interface ObjectStore {
  /** `undefined` when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>
  put(key: string, body: Uint8Array): Promise<void>
  /** Puts if the condition holds; resolves to false when another writer was faster. */
  putIf(key: string, body: Uint8Array, condition: PutCondition): Promise<boolean>
}

export interface MessageQueue {
  /** Resolves when every message is stored in the queue. @throws {TransientError} when one may not be */
  send(bodies: readonly string[]): Promise<void>
}

export interface SecretStore {
  /** The current value. @throws {TransientError} when it cannot be read */
  current(secretId: string): Promise<string>
}
