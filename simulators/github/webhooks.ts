import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type PostResult, postOnce } from '../shared/http-post.ts'
import { seededRandom, shuffled } from '../shared/seeded-random.ts'
import { runUntilStopped, type Stoppable } from '../shared/until-stopped.ts'
import { type GithubEvent, githubEvents } from './payloads.ts'

/** The webhook's settings at GitHub. */
export interface Hook {
  readonly id: number
  readonly targetType: 'organization' | 'repository'
  readonly targetId: number
}

/** Octocoders, the organization of most example payloads. */
export const exampleHook: Hook = { id: 109_948_940, targetType: 'organization', targetId: 38_302_899 }

export interface SignedDelivery {
  readonly event: string
  readonly guid: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks */
const deliveryTimeoutMs = 10_000

/**
 * Signs an event as GitHub does: HMAC over the raw bytes, also for a form.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 * @param delivery by default with a new `guid`, JSON as `contentType` and the example `hook`
 */
export function signDelivery(delivery: {
  readonly event: string
  readonly payload: unknown
  readonly secret: string
  readonly guid?: string
  readonly contentType?: 'json' | 'form'
  readonly hook?: Hook
}): SignedDelivery {
  const { event, payload, secret, guid = randomUUID(), contentType = 'json', hook = exampleHook } = delivery
  const json = JSON.stringify(payload)
  const body = Buffer.from(contentType === 'json' ? json : new URLSearchParams({ payload: json }).toString())
  const signature = (algorithm: string) => `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`
  return {
    event,
    guid,
    body,
    headers: {
      accept: '*/*',
      'content-type': contentType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'GitHub-Hookshot/3b54d18',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(hook.id),
      'x-github-hook-installation-target-id': String(hook.targetId),
      'x-github-hook-installation-target-type': hook.targetType,
      'x-hub-signature': signature('sha1'),
      'x-hub-signature-256': signature('sha256'),
    },
  }
}

/** Sends once, as `postOnce` does. GitHub never retries a failure by itself. */
export async function postDelivery(
  url: string,
  { headers, body }: SignedDelivery,
  signal?: AbortSignal,
): Promise<PostResult> {
  return postOnce(url, { headers, body, timeoutMs: deliveryTimeoutMs, signal })
}

export interface SenderOptions {
  /** Seed for the order of events. */
  readonly seed: number
  /** @default 1 */
  readonly ratePerSecond?: number
  readonly deliver: (event: GithubEvent, signal: AbortSignal) => Promise<unknown>
}

/**
 * Sends an organization's webhooks without end: first `ping`, then real events in a random but repeatable order, at a
 * steady rate that does not wait for answers.
 */
export function startGithubWebhookSender({ seed, ratePerSecond = 1, deliver }: SenderOptions): Stoppable {
  const underWay = new Set<Promise<unknown>>()
  return runUntilStopped(async (signal) => {
    try {
      for (const one of endlessly(seededRandom(seed))) {
        const delivery: Promise<unknown> = deliver(one, signal).finally(() => underWay.delete(delivery))
        underWay.add(delivery)
        await pause(1000 / ratePerSecond, undefined, { signal })
      }
    } finally {
      await Promise.all(underWay)
    }
  })
}

function* endlessly(random: () => number): Generator<GithubEvent> {
  yield* githubEvents.filter(({ event, payload }) => event === 'ping' && 'organization' in payload).slice(0, 1)
  const events = githubEvents.filter(({ event }) => event !== 'ping')
  for (;;) yield* shuffled(events, random)
}
