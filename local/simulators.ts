import { apiUrlVariable } from '../lambdas/functions/poller/env.ts'
import { exampleAnthropicKey, startAnthropicServer } from '../simulators/anthropic/activity.ts'
import { exampleGithubToken, startGithubAuditServer } from '../simulators/github/audit.ts'
import { startGithubWebhookSender } from '../simulators/github/webhooks.ts'
import { startHexSender } from '../simulators/hex/webhooks.ts'
import type { Stoppable } from '../simulators/shared/until-stopped.ts'
import type { PolledSource, WebhookSource } from './sources.ts'

interface Target {
  readonly source: WebhookSource
  readonly secret: string
  /** Another one for every source, so that no two of them send the same. */
  readonly seed: number
}

/** How the provider of each source type is set up, and then starts to send. */
const senders: Readonly<Record<string, (target: Target) => () => Stoppable>> = {
  'github-webhook':
    ({ source: { url }, secret, seed }) =>
    () =>
      startGithubWebhookSender({ url, secret, seed }),
  'hex-webhook': ({ source, secret, seed }) => {
    const headerName = textOption(source, 'header')
    return () => startHexSender({ url: source.url, headerName, secret, seed })
  },
}

/**
 * Lets a simulated provider send to every source that has one. It is set up as an operator sets up the real one: with
 * the URL and the options of the source and the secret from the secret store.
 *
 * @returns a function that ends them.
 * @throws {Error} when a source lacks an option that its provider must be set up with; nothing is sent then.
 */
export function startSenders(
  sources: readonly WebhookSource[],
  { secrets }: { readonly secrets: { current(secretId: string): string } },
): () => Promise<unknown> {
  const starts = sources.flatMap((source, index) => {
    const setUp = senders[source.type]
    return setUp ? [setUp({ source, secret: secrets.current(source.secretId), seed: index + 1 })] : []
  })
  const running = starts.map((start) => start())
  return () => Promise.all(running.map((simulator) => simulator.stop()))
}

/** A simulated provider's server and the credential that it accepts. */
interface Provider {
  readonly server: Stoppable & { readonly url: string }
  readonly credential: string
}

const providers: Readonly<Record<string, (source: PolledSource, seed: number) => Promise<Provider>>> = {
  'github-audit': async (source, seed) => ({
    server: await startGithubAuditServer({
      seed,
      [source.options.scope === 'enterprise' ? 'enterprise' : 'organization']: textOption(source, 'name'),
    }),
    credential: exampleGithubToken,
  }),
  'anthropic-activity': async (_source, seed) => ({
    server: await startAnthropicServer({ seed }),
    credential: exampleAnthropicKey,
  }),
}

/** Servers of simulated providers. */
export interface SimulatedProviders extends Stoppable {
  /** By the id of the source that is fetched from it. */
  readonly urls: Readonly<Record<string, string>>
}

/**
 * Starts a simulated provider for every source that is fetched and whose settings name no address, and puts the
 * provider's credential into the secret of the source unless somebody has put one in. To be called before the functions
 * start.
 */
export async function startProviders(
  sources: readonly PolledSource[],
  { secrets }: { readonly secrets: { fill(secretId: string, value: string): void } },
): Promise<SimulatedProviders> {
  const running: Stoppable[] = []
  const urls: Record<string, string> = {}
  const stop = async () => void (await Promise.all(running.map((server) => server.stop())))
  try {
    for (const [index, source] of sources.entries()) {
      const start = providers[source.type]
      if (source.apiUrl !== undefined || start === undefined) continue
      const { server, credential } = await start(source, index + 1)
      running.push(server)
      urls[source.id] = server.url
      secrets.fill(source.secretId, credential)
      source.function.surroundings.variables[apiUrlVariable] = server.url
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { urls, stop }
}

function textOption({ id, type, options }: Pick<WebhookSource, 'id' | 'type' | 'options'>, name: string): string {
  const value = options[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`source ${id}: its function is told no "${name}", which every source of type ${type} needs`)
}
