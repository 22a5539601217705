import { AuthError } from '../errors.ts'
import type { Checkable } from '../poll/check.ts'
import type { Checked } from '../poll/stream.ts'
import type { Unavailable } from './renewal-lease.ts'

/**
 * The check of a stream whose token is renewed. A token that works for some hours still works in vain when its renewal is
 * refused.
 */
export function withRenewal(stream: Checkable, { problem, isRefused }: Unavailable): Checkable {
  if (problem === undefined) return stream
  const { check = async (): Promise<Checked> => ({}) } = stream
  return {
    ...stream,
    async check() {
      if (isRefused) {
        throw new AuthError(`the token works until it expires, and is not renewed: ${problem}`, {
          fault: 'expired-or-revoked',
        })
      }
      const { remarks = [], ...checked } = await check()
      return { ...checked, remarks: [...remarks, `The token could not be renewed yet: ${problem}`] }
    },
  }
}
