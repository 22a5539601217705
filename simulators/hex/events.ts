import { join } from 'node:path'
import type { JsonObject } from '../shared/json.ts'
import { inventEvent, inventPeople, type Renewals, readSamples } from '../shared/samples.ts'
import { pick, randomText, randomUuid, seededRandom } from '../shared/seeded-random.ts'

export interface HexBatchOptions {
  /** Seed for everything but the times. @default 1 */
  readonly seed?: number
  /** Largest batch; most are small. @default 12 */
  readonly maxBatchSize?: number
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number
}

const samples = [...readSamples(join(import.meta.dirname, 'samples/audit')).values()]
const companies = ['Acme', 'Globex', 'Initech', 'Umbrella']
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** The longest time between an event and its envelope, in milliseconds. */
const longestDelayMs = 5_000

/** Id and name of the one workspace. */
const renewalsOf = (id: string, name: string): Renewals => ({
  keySuffix: ({ time, random }) => ulid(time, random),
  timestamp: ({ time }) => new Date(time).toISOString(),
  'event.id': ({ time, random }) => ulid(time, random),
  'event.occurred_at': ({ time, random }) => new Date(time - Math.floor(random() * longestDelayMs)).toISOString(),
  'event.actor.id': ({ person }) => person.uuid,
  'event.actor.metadata.email': ({ person }) => person.email,
  'event.actor.metadata.workspace': () => name,
  'event.actor.metadata.workspaceId': () => id,
  'event.context.location': ({ person }) => person.address,
  'event.metadata.hexTraceId': ({ random }) => randomText(32, '0123456789abcdef', random),
})

/**
 * Events of an invented workspace, without end, in the envelopes of the log stream
 * (https://workos.com/docs/audit-logs/log-streams). Each batch is made on request.
 */
export function* hexBatches(options: HexBatchOptions = {}): Generator<readonly JsonObject[], never> {
  const { seed = 1, maxBatchSize = 12, now = Date.now } = options
  const random = seededRandom(seed)
  const renewals = renewalsOf(randomUuid(random), pick(companies, random))
  const source = { samples, people: inventPeople(random), renewals }
  for (;;) {
    const time = now()
    const size = 1 + Math.floor(random() ** 2 * maxBatchSize)
    // WorkOS does not document whether the suffix belongs to the event or to the batch, so both occur here.
    const suffixOfBatch = random() < 0.5 ? { keySuffix: ulid(time, random) } : {}
    yield Array.from({ length: size }, () => ({ ...inventEvent(source, time, random), ...suffixOfBatch }))
  }
}

/** Sortable by time, unique by randomness: https://github.com/ulid/spec */
function ulid(time: number, random: () => number): string {
  const digits = Array.from({ length: 10 }, (_, index) => crockford.charAt(Math.floor(time / 32 ** (9 - index)) % 32))
  return digits.join('') + randomText(16, crockford, random)
}
