/**
 * What one log of a provider holds, kept by the provider or its sender: the side of the count that knows nothing of the
 * pipeline.
 */
export interface SourceLog {
  /** The id of the source in the settings. */
  readonly source: string
  /** The table that takes its events. */
  readonly table: string
  /** SQL over the columns of the table that gives the id of an event as {@link SourceLog.shown} has it. */
  readonly id: string
  /** Whether an event may have several rows, as a log entry that changes has one for each day. */
  readonly hasVersions?: true
  /** When each event was shown, or its sender began to send it, in milliseconds since 1970. */
  shown(): Promise<ReadonlyMap<string, number>>
  /** The JSON text of each event by its id; absent where an event changes. */
  events?(): Promise<ReadonlyMap<string, string>>
  /** Texts that are no events and must be kept as failures. */
  spoiled?(): Iterable<string>
}
