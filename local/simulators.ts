import type { Gateway } from './gateway/gateway.ts'
import { startGithubWebhookSender } from './simulators/github-webhooks.ts'
import type { WebhookSource } from './sources.ts'

/** How the provider of each source type is simulated. */
const simulators: Readonly<Record<string, (target: { url: string; secret: string }) => { stop(): Promise<void> }>> = {
  'github-webhook': startGithubWebhookSender,
}

/**
 * Lets a simulated provider send to every source that has one. It is set up as an operator sets up the real one: with
 * the URL of the source and the secret from the secret store.
 *
 * @returns a function that ends them.
 */
export function startSimulators(sources: readonly WebhookSource[], gateway: Gateway): () => Promise<unknown> {
  const running = sources.flatMap(({ type, url, secretId }) => {
    const simulate = simulators[type]
    return simulate ? [simulate({ url, secret: gateway.secrets.current(secretId) })] : []
  })
  return () => Promise.all(running.map((simulator) => simulator.stop()))
}
