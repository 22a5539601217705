import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiUrlVariable } from '../lambdas/functions/poller/env.ts'
import { type LocalRun, startLocal } from '../local/run.ts'
import { exampleAnthropicKey, startAnthropicServer } from '../simulators/anthropic/activity.ts'
import { exampleGithubToken, startGithubAuditServer } from '../simulators/github/audit.ts'
import type { ProviderSimulator } from '../simulators/shared/provider-simulator.ts'

/** A simulated provider with the source that polls it. */
export interface PolledProvider {
  readonly name: 'github-audit' | 'anthropic-activity'
  readonly server: ProviderSimulator
  readonly credential: string
}

/**
 * A run of two polled sources whose providers have no events, on a clock that the task moves. Nothing ticks by itself.
 */
export class PolledRun {
  readonly run: LocalRun
  /** Where the run keeps its data. */
  readonly dataDir: string
  readonly providers: readonly PolledProvider[]
  readonly #folder: string
  /** Simulated time passed, in milliseconds. */
  #passed = 0

  private constructor(run: LocalRun, providers: readonly PolledProvider[], folder: string) {
    this.run = run
    this.providers = providers
    this.#folder = folder
    this.dataDir = join(folder, 'data')
  }

  /** @param more YAML of further settings: sources first, then other members */
  static async start(more = ''): Promise<PolledRun> {
    const folder = await mkdtemp(join(tmpdir(), 'auditlake-polled-'))
    const startAt = Date.now() - 6 * 86_400_000
    const quiet = { startAt, lateShare: 0, eventsPerMinute: 0 }
    const providers: readonly PolledProvider[] = [
      { name: 'github-audit', server: await startGithubAuditServer(quiet), credential: exampleGithubToken },
      {
        name: 'anthropic-activity',
        server: await startAnthropicServer({ ...quiet, recordsRequests: false, largestPage: 100 }),
        credential: exampleAnthropicKey,
      },
    ]
    const day = new Date(startAt).toISOString().slice(0, 10)
    const config = join(folder, 'settings.yaml')
    await writeFile(
      config,
      `sources:
  - {id: github-audit, type: github-audit, label: Bench, name: example-org, startAt: '${day}'}
  - {id: anthropic-activity, type: anthropic-activity, label: Bench, startAt: '${day}'}
${more}`,
    )
    const run = await startLocal({
      config,
      dataDir: join(folder, 'data'),
      simulators: false,
      mergeEverySeconds: 600,
      prepare: (sources) => {
        for (const source of sources) {
          const url = providers.find(({ name }) => name === source.id)?.server.url
          if (url !== undefined) source.function.surroundings.variables[apiUrlVariable] = url
        }
      },
    })
    for (const schedule of run.schedules.values()) schedule.stop()
    for (const { name, credential } of providers) run.gateway.secrets.fill(run.ready.secrets[name] ?? '', credential)
    return new PolledRun(run, providers, folder)
  }

  /** Runs a scheduled function once. @throws when it fails */
  async tick(name: string): Promise<void> {
    const outcome = await this.run.schedules.get(name)?.tick()
    if (!outcome?.ok) throw new Error(`${name}: ${JSON.stringify(outcome)}`)
  }

  /** Advances the providers and the functions by a minute. */
  async pass(): Promise<void> {
    this.#passed += 60_000
    this.run.shiftClock(this.#passed)
    for (const provider of this.providers) await this.control(provider, { time: Date.now() + this.#passed })
  }

  /** Orders something of a provider. */
  async control({ server }: PolledProvider, order: object): Promise<void> {
    const answer = await fetch(`${server.url}/_control`, { method: 'POST', body: JSON.stringify(order) })
    if (!answer.ok) throw new Error(await answer.text())
  }

  async stop(): Promise<void> {
    await this.run.stop()
    for (const { server } of this.providers) await server.stop()
    await rm(this.#folder, { recursive: true })
  }
}
