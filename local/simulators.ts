import { startGithubWebhookSender } from './simulators/github-webhooks.ts'
import { startHexSender } from './simulators/hex-webhooks.ts'
import type { Stoppable } from './simulators/until-stopped.ts'
import type { WebhookSource } from './sources.ts'

interface Target {
  readonly source: WebhookSource
  readonly secret: string
  /** Another one for every source, so that no two of them send the same. */
  readonly seed: number
}

/** How the provider of each source type is set up, and then starts to send. */
const simulators: Readonly<Record<string, (target: Target) => () => Stoppable>> = {
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
export function startSimulators(
  sources: readonly WebhookSource[],
  { secrets }: { readonly secrets: { current(secretId: string): string } },
): () => Promise<unknown> {
  const starts = sources.flatMap((source, index) => {
    const setUp = simulators[source.type]
    return setUp ? [setUp({ source, secret: secrets.current(source.secretId), seed: index + 1 })] : []
  })
  const running = starts.map((start) => start())
  return () => Promise.all(running.map((simulator) => simulator.stop()))
}

function textOption({ id, type, options }: WebhookSource, name: string): string {
  const value = options[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`source ${id}: its function is told no "${name}", which every source of type ${type} needs`)
}
