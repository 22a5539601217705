/**
 * The option by which a source reads one stream of its type alone. A choice: the part of the stream's id after the dot,
 * or `both`.
 */
export const streamsOption = 'logs'

/**
 * Whether a source reads a stream of its type.
 * @param source its options, or the stack's facts on it
 * @param streamId such as `acme.audit`
 */
export function isChosen(source: object, streamId: string): boolean {
  const choice = new Map<string, unknown>(Object.entries(source)).get(streamsOption)
  return typeof choice !== 'string' || choice === 'both' || streamId.endsWith(`.${choice}`)
}
