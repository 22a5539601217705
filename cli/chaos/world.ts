import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { apiUrlVariable, webUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { type LocalRun, startLocal } from '../../local/run.ts'
import type { PolledSource } from '../../local/sources.ts'
import { type DeliveryServer, exampleHookToken, startDeliveryServer } from '../../simulators/github/deliveries.ts'
import { exampleHook } from '../../simulators/github/webhooks.ts'
import { StormClock } from './clock.ts'
import { type Contents, compareContents } from './contents.ts'
import { type Count, count } from './count.ts'
import { type PolledProvider, startPolledProviders } from './feeds.ts'
import { type BucketPlace, type Sender, StreamSender, startHex, startWebhooks, type Target } from './senders.ts'
import { stormSettings } from './settings.ts'
import type { SourceLog } from './source-log.ts'

const hour = 3_600_000

/** Time between two ticks of a function's schedule, whose minutes a storm has no time for. */
const tickMs = 2_500
/** A tick that takes longer no longer keeps the next one waiting. */
const patienceMs = 15_000
/** As on AWS, two runs of the writer overlap at most. */
const mostTicks = 2

/** A webhook source: its secret in the stack, and the one that its provider sends. */
interface Webhook {
  readonly id: string
  sent: string
}

export interface WorldOptions {
  /** An empty folder. */
  readonly folder: string
  readonly seed: number
  /** How long before the present the clock begins, in milliseconds. */
  readonly agoMs: number
  readonly onStep: (text: string) => void
}

/** The whole pipeline with a source of every kind, and the providers, which know what they have shown. */
export class World {
  readonly clock: StormClock
  readonly data: string
  readonly polled: readonly PolledProvider[]
  readonly webhooks: readonly Webhook[] = [
    { id: 'github-webhooks', sent: '' },
    { id: 'hex-audit', sent: '' },
  ]
  readonly #options: WorldOptions
  readonly #config: string
  readonly #deliveries: DeliveryServer
  readonly #ticks = new Map<string, number>()
  /** Addresses of webhooks: a start keeps the port unless another program has taken it. */
  readonly #urls = new Map<string, string>()
  #run: LocalRun | undefined
  #senders: readonly Sender[] = []
  #stream: StreamSender | undefined

  private constructor(
    options: WorldOptions,
    { clock, polled, deliveries }: Pick<World, 'clock' | 'polled'> & { readonly deliveries: DeliveryServer },
  ) {
    this.#options = options
    this.clock = clock
    this.polled = polled
    this.#deliveries = deliveries
    this.data = join(options.folder, 'data')
    this.#config = join(options.folder, 'settings.yaml')
  }

  /** @throws as the start of a local run does */
  static async start(options: WorldOptions): Promise<World> {
    const clock = new StormClock(options.agoMs)
    const { now } = clock
    const polled = await startPolledProviders({ now, startAt: now() - 6 * hour }, options.seed)
    // Where its webhooks go is known when the run is there.
    const receiver = { url: '', secret: '' }
    const deliveries = await startDeliveryServer({ receiver, hook: exampleHook, owner: 'octocoders', now })
    const world = new World(options, { clock, polled, deliveries })
    await mkdir(world.data)
    await writeFile(world.#config, stormSettings)
    try {
      await world.#startRun()
      world.#startSenders()
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  get run(): LocalRun {
    if (this.#run === undefined) throw new Error('the run is being started again')
    return this.#run
  }

  /** Whether a run is there; it is not while it starts again. */
  get isUp(): boolean {
    return this.#run !== undefined
  }

  /** What every provider has shown or begun to send. */
  get logs(): readonly SourceLog[] {
    return [...this.polled.flatMap(({ logs }) => logs), ...this.#senders.map(({ log }) => log)]
  }

  /** Names of the archived dead letters. */
  get deadLetters(): string[] {
    const folder = this.run.gateway.objects.pathOf(this.run.ready.buckets.ops ?? '', 'dead')
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  }

  /** Counts source against lake. */
  count(): Promise<Count> {
    const { data, logs, deadLetters, clock } = this
    return count({ data, logs, deadLetters, now: clock.now() })
  }

  /** Compares what rows hold with what providers have shown. */
  compare(signal: AbortSignal): Promise<Contents> {
    return compareContents(this.data, this.logs, signal)
  }

  /** Puts another value into the secret of a source, as an operator does. */
  async putSecret(id: string, value: string): Promise<void> {
    const { region, endpoints, credentials, secrets } = this.run.ready
    const client = new SecretsManagerClient({ region, credentials, endpoint: endpoints.secretsmanager })
    try {
      await client.send(new PutSecretValueCommand({ SecretId: secrets[id] ?? '', SecretString: value }))
    } finally {
      client.destroy()
    }
  }

  /** Ends the run and starts it over the same folder, as when a machine restarts. Senders go on meanwhile. */
  async restart(): Promise<void> {
    await this.#stopRun()
    await this.#startRun()
  }

  /** Ticks every few seconds while a run is there. @returns what ends that */
  keepTicking(): () => void {
    const timer = setInterval(() => void (this.#run && this.tick()), tickMs)
    return () => clearInterval(timer)
  }

  /** Invokes the functions that have a schedule, or one of them. Resolves when all have answered or take long. */
  async tick(only?: string): Promise<void> {
    const ticks = [...this.run.schedules].map(async ([name, schedule]) => {
      if (only !== undefined && name !== only) return
      if ((this.#ticks.get(name) ?? 0) >= mostTicks) return
      this.#ticks.set(name, (this.#ticks.get(name) ?? 0) + 1)
      const done = schedule.tick().finally(() => this.#ticks.set(name, (this.#ticks.get(name) ?? 1) - 1))
      await Promise.race([done, pause(patienceMs, undefined, { ref: false })])
    })
    await Promise.all(ticks)
  }

  /**
   * Ends the senders, each when what it has begun is acknowledged.
   * @param withinMs after which they give up: what was not acknowledged counts as lost, unless it is a row
   */
  async stopSenders(withinMs: number): Promise<void> {
    await Promise.all(this.#senders.map((sender) => sender.stop(withinMs)))
  }

  async stop(): Promise<void> {
    await this.stopSenders(0)
    await this.#stopRun()
    await Promise.all([...this.polled.map(({ server }) => server.stop()), this.#deliveries.stop()])
  }

  async #startRun(): Promise<void> {
    const run = await startLocal({
      config: this.#config,
      dataDir: this.data,
      simulators: false,
      prepare: (sources) => this.#aim(sources),
      onProgress: this.#options.onStep,
    })
    this.clock.rule(run)
    for (const schedule of run.schedules.values()) schedule.stop()
    for (const { id, credential } of this.polled) run.gateway.secrets.fill(run.ready.secrets[id] ?? '', credential)
    run.gateway.secrets.fill(run.ready.secrets['github-webhooks.recovery'] ?? '', exampleHookToken)
    this.#run = run
    this.#ticks.clear()
    for (const [id, { url }] of Object.entries(run.ready.webhooks)) this.#urls.set(id, url)
    if (this.#stream) this.#stream.place = bucketPlace(run)
  }

  async #stopRun(): Promise<void> {
    const run = this.#run
    run?.faults.clear()
    this.#run = undefined
    await run?.stop()
  }

  /** Gives sources the addresses of their providers, so that no template names them. */
  #aim(sources: readonly PolledSource[]): void {
    const addresses = new Map(this.polled.map(({ id, server }) => [id, server.url]))
    addresses.set('github-webhooks', this.#deliveries.url)
    for (const { id, function: one } of sources) {
      const url = addresses.get(id)
      if (url === undefined) continue
      one.surroundings.variables[apiUrlVariable] = url
      one.surroundings.variables[webUrlVariable] = url
    }
  }

  #startSenders(): void {
    const { ready, gateway } = this.run
    for (const webhook of this.webhooks) webhook.sent = gateway.secrets.current(ready.secrets[webhook.id] ?? '')
    const target = (id: string) => (): Target => ({
      url: this.#urls.get(id) ?? '',
      secret: this.webhooks.find((one) => one.id === id)?.sent ?? '',
    })
    const { seed } = this.#options
    const { now } = this.clock
    this.#stream = new StreamSender({ now, seed })
    this.#stream.place = bucketPlace(this.run)
    this.#senders = [
      this.#stream,
      startWebhooks({ target: target('github-webhooks'), now, server: this.#deliveries, seed }),
      startHex({ target: target('hex-audit'), now, seed }),
    ]
  }
}

const bucketPlace = ({ ready: { endpoints, region, buckets, credentials } }: LocalRun): BucketPlace => ({
  endpoint: endpoints.s3,
  region,
  bucket: buckets['github-stream'] ?? '',
  credentials,
})
