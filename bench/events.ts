import { auditSource } from '../simulators/github/audit-events.ts'
import { githubEvents } from '../simulators/github/payloads.ts'
import { inventEvent } from '../simulators/shared/samples.ts'
import { seededRandom, shuffled } from '../simulators/shared/seeded-random.ts'

/** Makes events of about 1.7 kB, the size of GitHub's larger ones. */
const samplesPerEvent = 10

/**
 * Audit-log events of GitHub as newline-delimited JSON, each merged from several of the simulator's samples, which are
 * too small alone. The same seed gives the same bytes.
 */
export function auditEvents(count: number, seed = 1): Buffer {
  const random = seededRandom(seed)
  const source = auditSource({ login: 'acme', business: 'acme-corporation' })
  const large = Array.from({ length: 100 }, () =>
    Object.assign({}, ...shuffled(source.samples, random).slice(0, samplesPerEvent)),
  )
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify(inventEvent({ ...source, samples: large }, 1_780_000_000_000 + index * 137, random)),
  )
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** Real webhook payloads of GitHub, one per line, about 8 kB each. */
export function webhookPayloads(count: number): Buffer {
  const texts = githubEvents.map(({ payload }) => JSON.stringify(payload))
  const chosen = texts.filter(({ length }) => length > 7_000 && length < 9_000)
  return Buffer.from(Array.from({ length: count }, (_, index) => `${chosen[index % chosen.length]}\n`).join(''))
}
