import { concernsPlace } from '../../poll/failed-attempt.ts'
import { type Entry, replacedBy } from './ledger.ts'
import { missingFailure } from './lost.ts'
import type { Recovery } from './recovery.ts'

/** Reserved for reading one body and publishing it, in milliseconds; the provider alone may take 30 seconds. */
const bodyMs = 35_000

/**
 * Reads bodies that were too large from the provider, one at a time, because each may fill a good part of the memory.
 * @returns the last error that concerns a single body
 */
export async function readBodies(recovery: Recovery): Promise<unknown> {
  const { ledger, allowance, deadline, now } = recovery
  let failed: unknown
  for (const entry of ledger.toRead(now())) {
    if (!allowance.mayAsk(deadline - bodyMs)) break
    // Counted first, so that a body that ends the process is not read for ever.
    ledger.count(entry, now())
    await recovery.save()
    try {
      await readBody(recovery, entry)
    } catch (error) {
      if (!concernsPlace(error)) throw error
      failed = error
    }
  }
  return failed
}

async function readBody({ log, allowance, ledger, take, close }: Recovery, entry: Entry): Promise<void> {
  const { event, missing, closes } = await allowance.ask(() => log.read(entry))
  if (!event) {
    const why = missing?.why ?? 'the provider holds no body'
    const [failure] = await take({ events: [], failures: [missingFailure(log.what, entry, why, missing?.part)] })
    await close(replacedBy(failure, entry))
    ledger.end(entry, 'lost', failure)
    return
  }
  // On a fault of our own the body is a failure row, which an operator closes.
  const failures = await take({ events: [event], failures: [] })
  if (failures.length === 0) await close([closes, entry.failure].filter((failure) => failure !== undefined))
  ledger.end(entry, 'read')
}
