import { webhookStreams } from '../../lambdas/connectors/generated/webhooks.ts'
import { registered } from '../../lambdas/connectors/registry.ts'
import type { SecretStore } from '../../lambdas/core/ports.ts'
import type { WebhookProbe } from '../../lambdas/core/webhook/stream.ts'
import { reasonOf } from '../installation.ts'
import type { Verified } from './verified.ts'

type Finding = Pick<Verified, 'ok' | 'fault' | 'says'>

/** Longest wait for an answer, in milliseconds: beyond that of API Gateway. */
const patienceMs = 40_000

/**
 * Sends a request without an event to a webhook as its provider would, with the secret and without it.
 * @param webhook its URL, the id of its secret and its options
 */
export async function verifyWebhook(
  secrets: SecretStore,
  sourceType: string,
  webhook: {
    readonly url: string
    readonly secretId: string
    readonly options: Readonly<Record<string, string>>
  },
): Promise<Finding> {
  try {
    const secret = await secrets.read(webhook.secretId, 'AWSCURRENT')
    const text = secret?.value.trim()
    if (!text) {
      return { ok: false, fault: 'placeholder', says: `the secret ${webhook.secretId} is empty` }
    }
    const { stream } = await registered(webhookStreams, sourceType)
    return await sendProbe(webhook.url, stream.probe(text, webhook))
  } catch (error) {
    return { ok: false, says: reasonOf(error) }
  }
}

async function sendProbe(url: string, { body, headers, proof }: WebhookProbe): Promise<Finding> {
  const proven = await statusOf(url, body, { ...headers, ...proof })
  if (typeof proven === 'string') return { ok: false, fault: 'no-egress', says: `${url}: ${proven}` }
  if (proven === 401) {
    return {
      ok: false,
      says: `${url} answers 401 to a request with the secret of the source. Try again in half a minute; if it still does, the function reads another secret: deploy again`,
    }
  }
  if (proven === 404) return { ok: false, says: `${url} is not a webhook of this stack: deploy it again` }
  if (proven < 200 || proven > 299) {
    return {
      ok: false,
      says: `${url} answers ${proven} to a request with the secret of the source; look for the reason in the log of its function`,
    }
  }
  const unproven = await statusOf(url, body, headers)
  if (unproven === 401) return { ok: true }
  return { ok: false, says: `${url} answers ${unproven} to a request without the secret, in place of 401` }
}

/** The status of the answer, or why there is none. */
async function statusOf(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | string> {
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal })
    await answer.body?.cancel()
    return answer.status
  } catch (error) {
    return `no answer from this machine: ${reasonOf(error instanceof Error && error.cause ? error.cause : error)}`
  }
}
