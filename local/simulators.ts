import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { apiUrlVariable, webUrlVariable } from '../lambdas/functions/poller/env.ts'
import type { FeedSetUp, Simulator, Simulators } from '../simulators/shared/simulator.ts'
import type { Stoppable } from '../simulators/shared/until-stopped.ts'
import { accountId } from './aws/gateway/gateway.ts'
import { localSessionToken } from './aws/lambda/environment.ts'
import { aimConsent, type ConsentSource, type PolledSource, type WebhookSource } from './sources.ts'

const folder = join(import.meta.dirname, '../simulators')

/** The simulators of all providers whose folder has an `index.ts`, by source type. */
export async function allSimulators(): Promise<Map<string, Simulator>> {
  const load = (file: string): Promise<{ simulators: Simulators }> => import(pathToFileURL(join(folder, file)).href)
  const modules = await Promise.all(globSync('*/index.ts', { cwd: folder }).sort().map(load))
  return new Map(modules.flatMap(({ simulators }) => Object.entries(simulators)))
}

/** The servers of the simulated providers. */
export interface SimulatedProviders extends Stoppable {
  /** By the id of the source that polls it. */
  readonly urls: Readonly<Record<string, string>>
}

/**
 * Starts a simulated provider for every polled source without an address in the settings, and puts the provider's
 * credential into the source's secret unless the operator has put one in. If people give the credential by consent,
 * puts in the client secret of the app instead. To be called before the functions start.
 */
export async function startProviders(
  sources: readonly PolledSource[],
  { secrets }: { readonly secrets: { fill(secretId: string, value: string): void } },
  consents: readonly ConsentSource[] = [],
): Promise<SimulatedProviders> {
  const simulators = await allSimulators()
  const running: Stoppable[] = []
  const urls: Record<string, string> = {}
  const stop = async () => void (await Promise.all(running.map((server) => server.stop())))
  try {
    for (const [index, source] of sources.entries()) {
      const simulator = simulators.get(source.type)
      if (source.apiUrl !== undefined || simulator === undefined || !('serve' in simulator)) continue
      checkOptions(source, simulator)
      const consent = consents.find(({ id }) => id === source.id)
      const options = { ...source.options, ...(consent && { oauth: { clientId: consent.clientId } }) }
      const served = await simulator.serve({ options, seed: index + 1, caller: callerOf(source) })
      const { server, credential, clientSecret } = served
      running.push(server)
      urls[source.id] = server.url
      if (consent && clientSecret !== undefined) {
        secrets.fill(consent.clientSecretId, clientSecret)
        aimConsent(consent, server.url)
      } else if (source.secretId !== undefined) secrets.fill(source.secretId, credential)
      Object.assign(source.function.surroundings.variables, {
        [apiUrlVariable]: server.url,
        [webUrlVariable]: server.url,
      })
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { urls, stop }
}

/** Simulated senders of webhooks, which send nothing before their start. */
export interface PreparedSenders extends Stoppable {
  start(): void
}

/**
 * Prepares a simulated sender for every source whose provider has one. Like an operator, it uses the source's URL and
 * options and the secret from the secret store. For a source with a recovery but without an address in the settings,
 * starts a list of deliveries, and puts the credential into the recovery's secret unless the operator has put one in.
 * To be called before the functions start.
 *
 * @throws {Error} when a source lacks an option that its provider needs
 */
export async function prepareSenders(
  sources: readonly WebhookSource[],
  recoveries: readonly PolledSource[],
  { secrets }: { readonly secrets: { current(secretId: string): string; fill(secretId: string, value: string): void } },
): Promise<PreparedSenders> {
  const simulators = await allSimulators()
  const starts: (() => Stoppable)[] = []
  const lists: Stoppable[] = []
  const running: Stoppable[] = []
  const stop = async () => {
    await Promise.all(running.map((sender) => sender.stop()))
    await Promise.all(lists.map((server) => server.stop()))
  }
  try {
    for (const [index, source] of sources.entries()) {
      const simulator = simulators.get(source.type)
      if (simulator === undefined || !('send' in simulator)) continue
      checkOptions(source, simulator)
      const { url, options, secretId } = source
      const target = { url, options, secret: secrets.current(secretId), seed: index + 1 }
      const recovery = recoveries.find(({ id }) => id === source.id)
      if (recovery?.secretId === undefined || recovery.apiUrl !== undefined || simulator.withRecovery === undefined) {
        starts.push(() => simulator.send(target))
        continue
      }
      const sender = await simulator.withRecovery({ ...target, recovery: recovery.options })
      lists.push(sender.server)
      secrets.fill(recovery.secretId, sender.credential)
      recovery.function.surroundings.variables[apiUrlVariable] = sender.server.url
      starts.push(() => sender.send())
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { start: () => void running.push(...starts.map((start) => start())), stop }
}

/** Who the source's function is in AWS. */
function callerOf({ function: { surroundings } }: PolledSource): NonNullable<FeedSetUp['caller']> {
  const { name, accessKeyId, secretAccessKey } = surroundings.principal
  const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/${name}`
  return { accessKeyId, secretAccessKey, sessionToken: localSessionToken, arn }
}

/** @throws {Error} when a source lacks an option that its provider needs */
export function checkOptions(
  { id, type, options }: Pick<WebhookSource, 'id' | 'type' | 'options'>,
  { needs = [] }: Simulator,
): void {
  const missing = needs.find((name) => typeof options[name] !== 'string' || options[name] === '')
  if (missing === undefined) return
  throw new Error(`source ${id}: its function lacks the option "${missing}", which every source of type ${type} needs`)
}
