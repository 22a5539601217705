/**
 * The few outside services that core needs. `core/aws` implements them with SDK clients; nothing else in core knows
 * AWS.
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
  /** Its size in bytes. */
  readonly size: number
}

/** `absent`: only if there is no such object. `etag`: only if the object is unchanged since it was read. */
export type PutCondition = { readonly absent: true } | { readonly etag: string }

export interface ObjectStore {
  /** `undefined` when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>
  put(key: string, body: Uint8Array): Promise<void>
  /**
   * Puts an object that never changes, because its key stands for its content. If there is one already, nothing is
   * written and the put has succeeded; after a deletion the key is free again.
   * @returns whether it was written now; false also when the answer to an earlier try of the same put was lost
   */
  putOnce(key: string, body: Uint8Array): Promise<boolean>
  /** Puts if the condition holds. @returns the tag of the new object; `undefined` when another writer was faster */
  putIf(key: string, body: Uint8Array, condition: PutCondition): Promise<string | undefined>
  /**
   * The first objects below a prefix, in the order of their keys.
   * @param limit at most 1,000
   * @param after a key; only objects after it are listed
   */
  list(prefix: string, limit: number, after?: string): Promise<readonly ListedObject[]>
  delete(key: string): Promise<void>
}

/** A store that is only read. */
export type StoreReader = Pick<ObjectStore, 'get' | 'list'>

/** An object that is read in parts, because it may be large. */
export interface OpenObject {
  /** Size of the whole object in bytes. */
  readonly byteLength: number
  /** The bytes from `start` up to but excluding `end`; to the end of the object by default. */
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

/** Reads objects in parts; they never change once written. */
export interface ObjectReader {
  /** `undefined` when there is no such object. */
  open(key: string): Promise<OpenObject | undefined>
}

/** Copies objects to the disk. */
export interface ObjectCopier {
  /** @returns whether there is such an object; a file of the same name is replaced */
  copy(key: string, path: string): Promise<boolean>
}

export interface MessageQueue {
  /**
   * Sends messages. Never throws.
   * @returns the messages that may not be in the queue, with the cause
   */
  send(bodies: readonly string[]): Promise<readonly Unsent[]>
}

/** A message as a queue hands it out. */
export interface ReceivedMessage {
  readonly messageId: string
  readonly body: string
  /** Names this receive of the message to the queue. */
  readonly receipt: string
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAt: number
  /** How often it was received, with this time. */
  readonly receiveCount: number
}

/** A queue whose messages a function takes out by itself. */
export interface Inbox {
  /**
   * Waits up to a second for messages, which are hidden from then on until they are removed, deferred, or the queue's
   * own time is over.
   * @param calls parallel calls, each for ten messages at most
   * @returns no messages only when the queue is empty; a call may return fewer than are there
   * @throws when no call succeeds, or one fails and the others find nothing
   */
  receive(calls: number): Promise<readonly ReceivedMessage[]>
  /** Removes messages that are done. Never throws. @returns how many may come again all the same */
  remove(receipts: readonly string[]): Promise<number>
  /** Lets messages come again after a time. Never throws. @returns how many may keep to the queue's own time */
  defer(receipts: readonly string[], seconds: number): Promise<number>
}

/** A message that may not have reached the queue. */
export interface Unsent {
  readonly body: string
  readonly cause: unknown
}

export interface SecretVersion {
  readonly value: string
  /** When this version was stored, in milliseconds since 1970. */
  readonly createdAt: number
}

export interface SecretStore {
  /**
   * The version that carries a label; `undefined` when none does.
   * @throws {TransientError} when it cannot be read
   */
  read(secretId: string, label: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretVersion | undefined>
}

/** Stores credentials that it cannot read. */
export interface SecretWriter {
  /** Makes the value the current version. @throws {TransientError} when it may not be stored */
  put(secretId: string, value: string): Promise<void>
}
