import { StoreError } from '../../lambdas/core/errors.ts'
import { createRenewal } from '../../lambdas/core/oauth/renewal.ts'
import { keptSecret } from '../../lambdas/core/poll/provider/kept-secret.ts'
import type { SecretVersion } from '../../lambdas/core/ports.ts'
import { Killer } from './killer.ts'
import { memoryStore } from './memory-stores.ts'
import { RotatingProvider } from './rotating-provider.ts'

export const minute = 60_000
export const hour = 60 * minute
export const epoch = Date.UTC(2026, 0, 15, 12)
export const leaseKey = 'state/example/credential.json'

export const tokenIn = (secret: string): string => JSON.parse(secret).token

/** What the secret holds, and how the next puts end. */
interface Kept {
  version: SecretVersion
  /** Puts that took effect. */
  puts: number
  /** Next puts that fail. */
  fails: number
  /** Next puts that take effect, and whose answer is lost. */
  loses: number
}

/**
 * A secret whose token expires, its provider, and processes that use it.
 * @param secret the text of the secret; by default the pair with a member of an operator's own
 */
export function renewalWorld(secret?: (pair: { token: string; refreshToken: string; expiresAt: string }) => string) {
  const clock = { time: epoch }
  const now = () => clock.time
  const provider = new RotatingProvider(now)
  const { store, objects, text } = memoryStore()
  const first = provider.issue()
  const value = secret?.(first) ?? JSON.stringify({ ...first, team: 'T0EXAMPLE1' })
  const kept: Kept = { version: { value, createdAt: epoch }, puts: 0, fails: 0, loses: 0 }
  const reported: unknown[] = []
  const process = (killer = new Killer(), between?: () => Promise<void>) => {
    const port = killer.process(between)
    const secrets = { read: port(async () => kept.version) }
    const put = async (_id: string, value: string) => {
      if (kept.fails > 0) {
        kept.fails--
        throw new StoreError('the secret cannot be stored')
      }
      kept.puts++
      kept.version = { value, createdAt: clock.time }
      if (kept.loses-- > 0) throw new StoreError('the answer of the store was lost')
    }
    const renewal = createRenewal({
      secretId: 'arn:the-secret',
      secrets,
      tokens: { put: port(put) },
      ops: { ...store, get: port(store.get), putIf: port(store.putIf) },
      leaseKey,
      renew: port(provider.renew),
      report: (error) => reported.push(error),
      now,
    })
    return keptSecret(secrets, 'arn:the-secret', { now, renewal })
  }
  return { clock, provider, process, kept, store, objects, text, reported, first }
}
