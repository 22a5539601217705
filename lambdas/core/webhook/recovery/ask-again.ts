import { concernsPlace } from '../../poll/failed-attempt.ts'
import type { Entry } from './ledger.ts'
import type { Recovery } from './recovery.ts'
import { asksCountedTogether, mostAsksPerRun, mostFailuresInARow } from './rules.ts'

/**
 * Asks the provider to send failed deliveries again. While the receiver does not answer, one request a run finds out
 * whether it does again, so that an outage does not use up the requests of every event.
 * @returns the last error that concerns a single delivery
 */
export async function askAgain(recovery: Recovery, isReceiving: boolean): Promise<unknown> {
  const { ledger, allowance, deadline, now } = recovery
  const due = ledger.toAsk(now(), isReceiving ? mostAsksPerRun : 1)
  let failed: unknown
  let inARow = 0
  for (let at = 0; at < due.length; at += asksCountedTogether) {
    if (!allowance.mayAsk(deadline) || inARow >= mostFailuresInARow) break
    const together = due.slice(at, at + asksCountedTogether)
    for (const entry of together) ledger.count(entry, now())
    await recovery.save()
    const made = new Set<Entry>()
    try {
      for (const entry of together) {
        if (!allowance.mayAsk(deadline) || inARow >= mostFailuresInARow) break
        made.add(entry)
        try {
          await allowance.ask(() => recovery.log.askAgain(entry.id))
          recovery.noteAsked()
          inARow = 0
        } catch (error) {
          if (!concernsPlace(error)) throw error
          failed = error
          inARow++
        }
      }
    } finally {
      for (const entry of together) if (!made.has(entry)) ledger.uncount(entry)
    }
  }
  return failed
}
