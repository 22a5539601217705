import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect } from 'vitest'
import type { Outcome } from '../../local/aws/lambda/invocation.ts'
import type { Schedule } from '../../local/aws/scheduler/schedule.ts'
import { isObject, type JsonObject } from '../../local/json.ts'
import type { LocalRun } from '../../local/run.ts'
import { type PolledSource as ConfiguredSource, polledSources } from '../../local/sources.ts'
import type { ProviderSimulator } from '../../simulators/shared/provider-simulator.ts'
import type { FeedSetUp } from '../../simulators/shared/simulator.ts'
import { type Feed, feeds } from './feeds.ts'
import { hangMs } from './hang.ts'
import { listedSources } from './listed-sources.ts'
import { eventually, type Pipeline, quickSettings, startPipeline, tell } from './pipeline.ts'
import { readRecorded } from './recorded.ts'
import { githubConsent, slackConsent, workspaceSource } from './shared-sources.ts'

const minute = 60_000

/** What differs between the streams that are polled. */
export interface StreamFacts extends Pick<Feed, 'type' | 'schema' | 'serve'> {
  readonly stream: string
  readonly order: Feed['facts']['order']
  readonly table: string
  /** The provider's id: the column, and the member of the event. */
  readonly id: string
  readonly lagMs: number
  /** Events per page in these tests. */
  readonly pageSize: number
  readonly credential: string
  /** Settings beyond those of every polled source. */
  readonly settings: Readonly<Record<string, string>>
}

const factsOf = ({ type, facts, schema, idColumn, serve }: Feed): StreamFacts => {
  const { options, secrets } = readRecorded(facts.id).connection
  return {
    type,
    schema,
    serve,
    stream: facts.id,
    order: facts.order,
    table: schema.table,
    id: idColumn,
    lagMs: facts.lagSeconds * 1_000,
    pageSize: Math.min(100, facts.pageSize),
    credential: secrets.works[0],
    settings: options,
  }
}

export const polledStreams: readonly StreamFacts[] = feeds.map(factsOf)

/** A stream of that order in which its feed gives events. */
export const streamOfOrder = (order: StreamFacts['order']): StreamFacts =>
  found(
    polledStreams.find((stream) => stream.order === order),
    `simulated stream that is ${order}`,
  )

/** For what depends on the order of a feed alone, and on nothing else of its provider. */
export const streamOfEachOrder = [streamOfOrder('newest-first'), streamOfOrder('oldest-first')]

/** The stream of a source type. */
export const streamOf = (type: string): StreamFacts =>
  found(
    polledStreams.find((stream) => stream.type === type),
    `simulated stream of ${type}`,
  )

/** What a source is for; those without a role have nothing special about them. */
type Role = 'slow' | 'new' | `born-${number}`

/** The id of a source in the settings that all tests share. */
export const sourceId = ({ type }: StreamFacts, role?: Role): string => (role === undefined ? type : `${type}-${role}`)

/**
 * Every source that a test of polling needs. All tests share these settings, and so one synthesis of the stack; sources
 * that a test does not plan never run.
 */
export const polledSettings = quickSettings(
  polledStreams
    .flatMap((facts) => {
      const isFirst = facts === streamOfOrder(facts.order)
      const born = Array.from({ length: isFirst ? 8 : 0 }, (_, index): Role => `born-${index}`)
      const slow: readonly Role[] = isFirst ? ['slow'] : []
      const roles: readonly (Role | undefined)[] = [undefined, 'new', ...slow, ...born]
      return roles.map((role) => ({
        id: sourceId(facts, role),
        type: facts.type,
        label: 'Test',
        ...facts.settings,
        ...(role === 'slow' && { ratePercent: 5 }),
      }))
    })
    .map((source): object => source)
    .concat(listedSources, workspaceSource, slackConsent, githubConsent)
    .map((source) => `  - ${JSON.stringify(source)}\n`)
    .join(''),
)

export interface SourcePlan {
  /** One of the ids in the settings. */
  readonly id: string
  readonly facts: StreamFacts
  /** Polls the server of another source, named before. */
  readonly serverOf?: string
  readonly server?: Omit<FeedSetUp, 'options' | 'seed' | 'now' | 'onRequest'>
  /** Whether its credential is put in. @default true */
  readonly filled?: boolean
}

/** A source of each feed, with nothing special about it. */
export const sourceOfEachFeed: readonly SourcePlan[] = polledStreams.map((facts) => ({ id: sourceId(facts), facts }))

/** Called when a source sends a request to its provider. */
interface Hooks {
  onRequest: () => Promise<void>
}

/** The clock of functions and providers, shared unless the functions' clock is wrong. */
class SharedClock {
  #offset: number
  #skew = 0
  run: Pick<LocalRun, 'shiftClock'> | undefined

  constructor(offset: number) {
    this.#offset = offset
  }

  /** The providers' time, in milliseconds since 1970. */
  readonly now = (): number => Date.now() + this.#offset

  /** The functions' time. */
  readonly functionsNow = (): number => this.now() + this.#skew

  advance(ms: number): void {
    if (Number.isNaN(ms)) throw new TypeError('time passes by a number of milliseconds')
    this.#offset += ms
    this.run?.shiftClock(this.#offset + this.#skew)
  }

  skew(ms: number): void {
    this.#skew = ms
    this.advance(0)
  }
}

/** Start of the sources, before the present. */
const startsAgoMs = 6 * 60 * minute

/** The pipeline with polled sources. Nothing ticks by itself. */
export class PolledPipeline {
  readonly pipeline: Pipeline
  readonly operator: Operator
  readonly clock: SharedClock
  readonly #sources = new Map<string, PolledSource>()
  readonly #servers: ReadonlySet<ProviderSimulator>

  private constructor(pipeline: Pipeline, clock: SharedClock, servers: ReadonlySet<ProviderSimulator>) {
    this.pipeline = pipeline
    this.clock = clock
    this.#servers = servers
    this.operator = new Operator(pipeline.run)
  }

  /**
   * @param agoMs how far back the clock begins: tables show at most the next two days
   * @param settings with the planned sources; by default those that all tests of polling share
   */
  static async start(
    plans: readonly SourcePlan[],
    { agoMs = 0, settings = polledSettings } = {},
  ): Promise<PolledPipeline> {
    const clock = new SharedClock(-agoMs)
    const startAt = clock.now() - startsAgoMs
    const providers = new Map<string, { server: ProviderSimulator; hooks: Hooks }>()
    for (const { id, facts, serverOf, server } of plans) {
      const hooks: Hooks = { onRequest: async () => {} }
      const start = async () => {
        const served = await facts.serve({
          options: facts.settings,
          seed: 1,
          eventsPerMinute: 0,
          lateShare: 0,
          startAt,
          now: clock.now,
          onRequest: () => hooks.onRequest(),
          largestPage: facts.pageSize,
          ...server,
        })
        return served.server
      }
      providers.set(id, providers.get(serverOf ?? '') ?? { server: await start(), hooks })
    }
    const prepare = (sources: readonly ConfiguredSource[]) => {
      for (const source of sources) {
        const apiUrl = providers.get(source.id)?.server.url
        if (apiUrl !== undefined) tell(source, { apiUrl, startAt })
      }
    }
    const pipeline = await startPipeline(settings, { prepare })
    const { run } = pipeline
    for (const schedule of run.schedules.values()) schedule.stop()
    clock.run = run
    clock.advance(0)
    const world = new PolledPipeline(pipeline, clock, new Set([...providers.values()].map(({ server }) => server)))
    for (const plan of plans) {
      const { server, hooks } = found(providers.get(plan.id), plan.id)
      world.#sources.set(plan.id, new PolledSource(world, plan, server, hooks))
    }
    return world
  }

  source(id: string): PolledSource {
    return found(this.#sources.get(id), id)
  }

  /** The source of a feed; the first planned one of several. */
  sourceOf({ type }: StreamFacts): PolledSource {
    return found(
      [...this.#sources.values()].find(({ facts }) => facts.type === type),
      type,
    )
  }

  /** Advances the clock of functions and providers. */
  advance(ms: number): void {
    this.clock.advance(ms)
  }

  /** Every place that must not contain a credential: logs, states, runs. */
  async everythingWritten(): Promise<string> {
    const { data } = this.pipeline
    const runs = await this.pipeline.query('select * from collection_runs')
    return [...textsIn(join(data, 'logs')), ...textsIn(this.operator.pathOf('state')), JSON.stringify(runs)].join('\n')
  }

  async stop(): Promise<void> {
    this.operator.close()
    await this.pipeline.stop()
    await Promise.all([...this.#servers].map((server) => server.stop()))
  }
}

/** Actions on the stores by a person with all permissions. */
class Operator {
  readonly #run: LocalRun
  readonly #s3: S3Client
  readonly #secrets: SecretsManagerClient
  readonly #bucket: string

  constructor(run: LocalRun) {
    const { credentials, region, endpoints, buckets } = run.ready
    this.#run = run
    this.#s3 = new S3Client({ credentials, region, endpoint: endpoints.s3 })
    this.#secrets = new SecretsManagerClient({ credentials, region, endpoint: endpoints.secretsmanager })
    this.#bucket = found(buckets.ops, 'ops bucket')
  }

  /** The file or folder of a key in the ops bucket. */
  pathOf(key: string): string {
    return this.#run.gateway.objects.pathOf(this.#bucket, key)
  }

  async put(key: string, body: string): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: Buffer.from(body) }))
  }

  async delete(key: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }

  async putSecret(secretId: string, value: string): Promise<void> {
    await this.#secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }))
  }

  close(): void {
    this.#s3.destroy()
    this.#secrets.destroy()
  }
}

/** A source that is polled on the test's request, and its provider. */
export class PolledSource {
  readonly id: string
  readonly facts: StreamFacts
  readonly functionName: string
  readonly provider: ProviderSimulator
  /** Ids in the feed that no table has, because their elements are not events. */
  readonly noEvents = new Set<string>()
  readonly #world: PolledPipeline
  readonly #schedule: Schedule
  readonly #secretId: string
  readonly #hooks: Hooks

  constructor(
    world: PolledPipeline,
    { id, facts, filled = true }: SourcePlan,
    provider: ProviderSimulator,
    hooks: Hooks,
  ) {
    const { run } = world.pipeline
    this.id = id
    this.facts = facts
    this.provider = provider
    this.#world = world
    this.#hooks = hooks
    const own = polledSources(run).find((source) => source.id === id)
    const [name] = [...run.functions].find(([, one]) => one === own?.function) ?? []
    this.functionName = found(name, `function of ${id}`)
    this.#schedule = found(run.schedules.get(this.functionName), `schedule of ${id}`)
    this.#secretId = found(run.ready.secrets[id], `secret of ${id}`)
    if (filled) run.gateway.secrets.fill(this.#secretId, facts.credential)
  }

  /** Called with each request of the feed, and awaited before the answer. */
  get onRequest(): Hooks['onRequest'] {
    return this.#hooks.onRequest
  }

  set onRequest(hook: Hooks['onRequest']) {
    this.#hooks.onRequest = hook
  }

  /** One invocation of its function. */
  tick(): Promise<Outcome> {
    return this.#schedule.tick()
  }

  /** Ticks once. @returns the run's result; nothing new after a mere wait */
  async run(): Promise<JsonObject> {
    const begun = this.#world.clock.functionsNow()
    expect(await this.tick()).toMatchObject({ ok: true })
    const result = this.stored() === undefined ? {} : this.lastResult()
    return Number(result.at) >= begun ? result : {}
  }

  /** Ticks, a minute apart, until a run has read to the end. */
  async catchUp(): Promise<void> {
    for (let ticks = 1; ticks <= 40; ticks++) {
      const { outcome } = await this.run()
      if (outcome === 'done') return
      this.#world.advance(minute)
    }
    throw new Error(`${this.id} does not come to its end: ${JSON.stringify(this.lastResult())}`)
  }

  /**
   * Ticks, a minute apart, until a sweep has ended. It waits for rows on their way to the lake, but minutes pass here
   * in less time than that takes: after most of an hour of the clock the ticks wait in real time.
   */
  async tickUntil(isSwept: () => boolean): Promise<void> {
    const end = Date.now() + hangMs
    for (let ticks = 0; !isSwept(); ticks++) {
      if (Date.now() > end) throw new Error(`${this.id} is not swept: ${JSON.stringify(this.lastResult())}`)
      const hurries = ticks < 50
      this.#world.advance(hurries ? minute : 1_000)
      await this.tick()
      if (!hurries) await sleep(1_000)
    }
  }

  /** Makes the next look-back due, and reads to the end. */
  async lookBack(): Promise<void> {
    this.#world.advance(10 * minute)
    await this.catchUp()
  }

  /** Lets a minute pass, and reads to the end. */
  async aMinuteLater(): Promise<void> {
    this.#world.advance(minute)
    await this.catchUp()
  }

  /** Controls the simulator; see `simulator-control.ts`. */
  async control(order: JsonObject): Promise<JsonObject> {
    const answer = await this.#ask('/_control', JSON.stringify(order))
    return isObject(answer) ? answer : {}
  }

  /** Inserts events into the feed. @returns their ids */
  async insert(insertion: JsonObject): Promise<string[]> {
    const { inserted } = await this.control({ insert: [insertion] })
    return Array.isArray(inserted) ? inserted.map(String) : []
  }

  /** Adds a fault for the next requests of the feed; see `simulator-faults.ts`. */
  async fault(fault: JsonObject): Promise<void> {
    await this.control({ faults: [fault] })
  }

  /** Every id of an event that the feed ever showed. */
  async everShown(): Promise<string[]> {
    const rows = await this.#ask('/_control/ids')
    const ids = Array.isArray(rows) ? rows.map((row: unknown) => String(isObject(row) ? row.id : '')) : []
    return ids.filter((id) => !this.noEvents.has(id))
  }

  async #ask(path: string, body?: string): Promise<unknown> {
    const answer = await fetch(`${this.provider.url}${path}`, body === undefined ? {} : { method: 'POST', body })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return JSON.parse(text)
  }

  #key(name: string): string {
    return `state/${this.id}/${this.facts.stream}/${name}`
  }

  /** A stored object of the stream's state. */
  stored(name = 'state.json'): string | undefined {
    const file = this.#world.operator.pathOf(this.#key(name))
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }

  putStored(body: string, name = 'state.json'): Promise<void> {
    return this.#world.operator.put(this.#key(name), body)
  }

  deleteStored(name = 'state.json'): Promise<void> {
    return this.#world.operator.delete(this.#key(name))
  }

  /** @throws when it is missing or unreadable */
  state(name = 'state.json'): JsonObject {
    const state: unknown = JSON.parse(this.stored(name) ?? 'null')
    if (!isObject(state)) throw new Error(`${this.id} has no ${name}`)
    return state
  }

  /** Its backlogs, the oldest window first. */
  backlogs(): JsonObject[] {
    const { backlogs } = this.state()
    const list = Array.isArray(backlogs) ? backlogs.filter((one) => isObject(one)) : []
    return list.toSorted((a, b) => Number(a.openedAt) - Number(b.openedAt))
  }

  /** Result of its last run that did more than wait. */
  lastResult(): JsonObject {
    return member(this.state(), 'lastResult')
  }

  /** Its next attempt, in milliseconds since 1970; NaN without a wait. */
  notBefore(): number {
    return Number(member(this.state(), 'backoff').notBefore)
  }

  putSecret(value: string): Promise<void> {
    return this.#world.operator.putSecret(this.#secretId, value)
  }

  /** Rows of `collection_runs`, in order, that began at or after a time. Waits until there are some, by default one. */
  async runsSince(time: number, where = 'true', some = 1): Promise<Record<string, unknown>[]> {
    const sql =
      `select * from collection_runs where p_source_id = '${this.id}' and epoch_ms(started_at) >= ${Math.floor(time)} ` +
      `and ${where} order by started_at, ended_at`
    return await eventually(
      () => this.#world.pipeline.query(sql),
      (rows) => rows.length >= some,
    )
  }

  /** Its rows in its own table. */
  rows(where: string, columns = '*'): Promise<Record<string, unknown>[]> {
    const sql = `select ${columns} from ${this.facts.table} where p_source_id = '${this.id}' and ${where}`
    return this.#world.pipeline.query(sql)
  }

  /** The given ids without a row at present. */
  async lacking(ids: readonly string[]): Promise<string[]> {
    const rows = await this.rows(`"${this.facts.id}" is not null`, `distinct "${this.facts.id}" as id`)
    const there = new Set(rows.map(({ id }) => id))
    return ids.filter((id) => !there.has(id))
  }

  /** Waits until all ids have rows. @returns those that do not */
  missing(ids: readonly string[]): Promise<string[]> {
    return eventually(
      () => this.lacking(ids),
      (none) => none.length === 0,
    )
  }
}

/**
 * Expects a row of the source for everything that the feed ever showed, and none twice after merging rows of equal id,
 * as compaction does.
 */
export async function expectAllArrived(source: PolledSource): Promise<void> {
  const shown = await source.everShown()
  await source.catchUp()
  await source.lookBack()
  // What the last request itself made the provider record is for the next run to read.
  await source.aMinuteLater()
  expect(await source.missing(shown)).toEqual([])
  const id = `"${source.facts.id}"`
  const [counts] = await source.rows(
    `${id} is not null`,
    `count(distinct ${id}) as ids, count(distinct p_row_id) as row_ids`,
  )
  expect(counts?.row_ids).toBe(counts?.ids)
  const rows = await source.rows(`${id} is not null`, `distinct ${id} as id`)
  const ever = new Set([...(await source.everShown()), ...source.noEvents])
  expect(rows.filter((row) => !ever.has(String(row.id)))).toEqual([])
}

/** A member that is an object; an empty object when it is missing. */
export function member(object: JsonObject, name: string): JsonObject {
  const value = object[name]
  return isObject(value) ? value : {}
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`)
  return value
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
