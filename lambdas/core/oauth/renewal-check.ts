import { AuthError } from '../errors.ts'
import type { Checkable } from '../poll/check.ts'
import type { Checked } from '../poll/stream.ts'
import type { Unavailable } from './renewal-lease.ts'

/**
 * The check of a stream whose token is renewed. A token that works for some hours is still of no use when its renewal
 * is refused.
 * @param last what the last renewal found; called during the check, which may have renewed the token itself
 */
export function withRenewal(stream: Checkable, last: () => Promise<Unavailable>): Checkable {
  const { check = async (): Promise<Checked> => ({}) } = stream
  return {
    ...stream,
    async check() {
      const { problem, isRefused } = await last()
      if (isRefused) {
        throw new AuthError(`the token works until it expires, and is not renewed: ${problem}`, {
          fault: 'expired-or-revoked',
        })
      }
      const checked = await check()
      if (problem === undefined) return checked
      const { remarks = [] } = checked
      return { ...checked, remarks: [...remarks, `The token could not be renewed yet: ${problem}`] }
    },
  }
}
