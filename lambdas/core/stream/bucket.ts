/** An object in a listing of a bucket that a provider writes to. */
export interface ListedObject {
  /** Its full name (key), as the store has it and not as an URL or a message encodes it. */
  readonly name: string
  /** Differs between any two contents under one name: S3's ETag, or the generation of Google Cloud Storage. */
  readonly version: string
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number
  /** Bytes as stored. */
  readonly size: number
}

/** One version of an object, opened for reading. */
export interface OpenedObject extends ListedObject {
  /**
   * The content as stored, from its beginning; each call reads it anew. No wait for more of it is endless.
   * @throws {StoreError} when the rest cannot be read, arrives too slowly, or is of another version
   */
  read(): AsyncIterable<Uint8Array>
}

/** A bucket to which a provider writes objects of events. Core reads it and never changes it. */
export interface StreamBucket {
  /** The object's address for people and for rows of failures, such as `s3://bucket/key`. */
  addressOf(name: string): string
  /**
   * The first objects below a prefix, in the order of their names (by their UTF-8 bytes). Only an empty page is the
   * end.
   * @param after a name; only objects after it are listed
   * @throws {StoreError} when the bucket cannot be listed
   */
  list(prefix: string, after?: string): Promise<readonly ListedObject[]>
  /**
   * Opens an object.
   * @returns `undefined` when there is no such object
   * @throws {StoreError} when it cannot be read
   */
  open(name: string): Promise<OpenedObject | undefined>
}
