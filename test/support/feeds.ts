import { polledStreams } from '../../lambdas/connectors/generated/polled.ts'
import type { RegisteredStream } from '../../lambdas/connectors/registry.ts'
import { allSimulators } from '../../local/simulators.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import type { Feed as SimulatedFeed } from '../../simulators/shared/simulator.ts'

/** A registered stream whose provider is simulated. */
export interface Feed extends RegisteredStream {
  /** Of its sources. */
  readonly type: string
  /** The column of the provider's id. */
  readonly idColumn: string
  readonly serve: SimulatedFeed['serve']
}

const simulators = await allSimulators()

const firstStreams = await Promise.all(
  Object.entries(polledStreams).flatMap(([type, load]) => {
    const simulator = simulators.get(type)
    if (simulator === undefined || !('serve' in simulator)) return []
    return [load().then(([stream]) => feedOf(type, stream, simulator))]
  }),
)

/**
 * The first stream of every source type that has a simulator, if it can be asked for a time; those that cannot have
 * tests of their own.
 */
export const feeds: readonly Feed[] = firstStreams.filter(({ facts }) => facts.order !== 'unsorted')

function feedOf(type: string, stream: RegisteredStream | undefined, { serve }: SimulatedFeed): Feed {
  if (stream === undefined) throw new Error(`the manifest states no stream for ${type}`)
  return { type, ...stream, idColumn: idColumnOf(stream.schema), serve }
}

/** The column of the first member that the natural key is made of. */
function idColumnOf({ key, fields, logType }: LogSchema): string {
  const part = key[0]?.find((one) => one.part === 'member')
  const [name] = part?.part === 'member' ? (part.anyOf[0] ?? []) : []
  const field = fields.find((one) => one.name === name)
  if (field === undefined) throw new Error(`the key of ${logType} begins with no member of its events`)
  return field.column
}
