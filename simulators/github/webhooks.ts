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

/** An entry of GitHub's page "Recent deliveries". GitHub never retries a failure by itself. */
export interface DeliveryResult extends PostResult {
  readonly event: string
  readonly guid: string
  readonly redelivery: boolean
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

/** Sends once, as `postOnce` does. */
export async function postDelivery(
  url: string,
  { event, guid, headers, body }: SignedDelivery,
  { redelivery = false, signal }: { readonly redelivery?: boolean; readonly signal?: AbortSignal } = {},
): Promise<DeliveryResult> {
  const result = await postOnce(url, { headers, body, timeoutMs: deliveryTimeoutMs, signal })
  return { event, guid, redelivery, ...result }
}

export interface SenderOptions {
  readonly url: string
  readonly secret: string
  /** @default 1 */
  readonly ratePerSecond?: number
  /** Seed for the order of events and the choice of redeliveries. @default 1 */
  readonly seed?: number
  /** @default 'json' */
  readonly contentType?: 'json' | 'form'
  /** @default the example organization's */
  readonly hook?: Hook
  /** Share of deliveries that are redelivered by hand, with their old GUID, from 0 to 1. @default 0 */
  readonly redeliverShare?: number
  /** Ends the sender, like `stop`. */
  readonly signal?: AbortSignal
  readonly onDelivery?: (result: DeliveryResult) => void
  /** Delivers in place of the sender, for instance to keep a log. */
  readonly deliver?: (event: GithubEvent, signal: AbortSignal) => Promise<unknown>
}

/**
 * Sends an organization's webhooks without end: first `ping`, then real events in a random but repeatable order, each
 * with a new GUID, at a steady rate that does not wait for answers.
 */
export function startGithubWebhookSender(options: SenderOptions): Stoppable {
  const { url, secret, ratePerSecond = 1, seed = 1, contentType = 'json', hook = exampleHook } = options
  const { redeliverShare = 0, onDelivery, deliver } = options
  const underWay = new Set<Promise<unknown>>()

  const track = (work: Promise<unknown>) => {
    const tracked = work.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const post = async (delivery: SignedDelivery, redelivery: boolean, signal: AbortSignal) => {
    const result = await postDelivery(url, delivery, { redelivery, signal })
    if (!signal.aborted) onDelivery?.(result)
  }

  return runUntilStopped(async (signal) => {
    const random = seededRandom(seed)
    try {
      for (const one of endlessly(random)) {
        if (deliver) track(deliver(one, signal))
        else {
          const delivery = signDelivery({ ...one, secret, contentType, hook })
          track(post(delivery, false, signal))
          if (random() < redeliverShare) track(post(delivery, true, signal))
        }
        await pause(1000 / ratePerSecond, undefined, { signal })
      }
    } finally {
      await Promise.all(underWay)
    }
  }, options.signal)
}

function* endlessly(random: () => number): Generator<GithubEvent> {
  yield* githubEvents.filter(({ event, payload }) => event === 'ping' && 'organization' in payload).slice(0, 1)
  const events = githubEvents.filter(({ event }) => event !== 'ping')
  for (;;) yield* shuffled(events, random)
}
