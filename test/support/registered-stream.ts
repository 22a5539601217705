import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import { type Connection, type PollStream, pollStream } from '../../lambdas/core/poll/stream.ts'

/** The first stream of a source type, made as by its function; pages have the manifest's default size. */
export async function registeredStream(
  sourceType: string,
): Promise<(connection: Omit<Connection, 'pageSize'> & { readonly pageSize?: number }) => PollStream> {
  const [registered] = (await polledStreams[sourceType]?.()) ?? []
  if (!registered) throw new Error(`no stream is registered for ${sourceType}`)
  const { facts, connect, schema } = registered
  return (connection) => pollStream(facts, schema, connect({ pageSize: facts.pageSize, ...connection }))
}
