import { countOf, relations } from './athena-counts.ts'
import { dayWithoutList, emptyList, firstRow } from './athena-days.ts'
import { type AthenaFinding, type CheckedLake, failed, type VerifiableLake } from './athena-finding.ts'

/** Queries at a time: an account may run about twenty, and analysts need some of them. */
const atOnce = 4

/**
 * Checks how Athena reads the lake, with a dozen queries. Each finding comes as soon as it is there; if Athena cannot
 * be asked, the last one says why. A local run, which has no Athena, gives none.
 * @throws {Error} when the signal came; nothing is left behind then
 */
export async function* verifyAthena(
  { query, ...installation }: VerifiableLake,
  signal: AbortSignal,
): AsyncGenerator<AthenaFinding> {
  if (query) yield* check({ ...installation, query, signal })
}

async function* check(lake: CheckedLake): AsyncGenerator<AthenaFinding> {
  yield await firstRow(lake)
  try {
    const [first, ...others] = relations.map((relation) => () => countOf(lake, relation))
    // One alone, so that missing rights are reported once.
    if (first) yield await first()
    for (let at = 0; at < others.length; at += atOnce) {
      yield* await allOf(others.slice(at, at + atOnce).map((count) => count()))
    }
    yield await dayWithoutList(lake)
    yield await emptyList(lake)
  } catch (error) {
    if (lake.signal.aborted) throw error
    const remedy = 'Check region and network of this machine, and that the workgroup is enabled.'
    yield failed({ check: 'workgroup', subject: lake.facts.workgroup }, error, remedy)
  }
}

/** Waits for all, also after an error, so that no query is left without its cancellation. */
async function allOf<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all)
  return await Promise.all(all)
}
