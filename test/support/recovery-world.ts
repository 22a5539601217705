import { manifest } from '../../lambdas/connectors/github/manifest.ts'
import { AuthError, CursorError, TransientError } from '../../lambdas/core/errors.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import type { RunRow } from '../../lambdas/core/poll/run-row.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import type { Batch } from '../../lambdas/core/publish/message.ts'
import type { Delivery, DeliveryLog, KeptBody } from '../../lambdas/core/webhook/recovery/deliveries.ts'
import { type RecoveryResult, recover } from '../../lambdas/core/webhook/recovery/run.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { githubWebhook } from '../../schemas/generated/github_webhook.ts'
import { memoryStore } from './memory-stores.ts'

export const minute = 60_000
export const hour = 60 * minute
const { recovery: facts } = manifest.sourceTypes['github-webhook']
const keptMs = 72 * hour
const requestMs = 200
const pageSize = 20

/**
 * How an event fares at the receiver, and whether the provider holds its body: not that of `never`, and a part of that
 * of `large-cut`.
 */
export type Fate = 'well' | 'down' | 'large' | 'refused' | 'never' | 'large-cut'

/** A fault of one request, put or publish; a `death` ends the process there. */
export type Fault = 'transient' | 'limit' | 'credentials' | 'death'

interface Event {
  readonly guid: string
  readonly fate: Fate
  readonly at: number
}

const death = new Error('the process died')

/** A provider with webhooks, their receiver, and our stores; time passes with each request. */
export class RecoveryWorld {
  now = Date.UTC(2026, 0, 5)
  /** While it is down, events of the fate `down` fail. */
  isReceiverDown = false
  /** The next faults, one for each operation; `undefined` for none. */
  faults: (Fault | undefined)[] = []
  /** Whether cursors no longer work. */
  haveCursorsExpired = false
  /** Length of cursors at least, in characters. */
  cursorLength = 0
  /** The webhook to which events are sent, and whose deliveries are listed. */
  hook = 'the webhook'
  /** The words of the settings for it. */
  scope = 'the webhook'
  /** Delay with which deliveries are listed. */
  listedAfterMs = 0
  readonly events: Event[] = []
  readonly asked: string[] = []
  readonly read: string[] = []
  readonly rows: Row[] = []
  readonly runs: RunRow[] = []
  readonly stored = memoryStore()
  credentialSince = 0
  #deliveries: (Delivery & { readonly shownAt: number; readonly hook: string })[] = []
  #isDead = false
  // Beyond 2^53.
  #nextId = 90_071_992_547_409_910n

  send(fate: Fate, more: Partial<Delivery> = {}): string {
    const guid = `guid-${this.events.length}`
    this.events.push({ guid, fate, at: this.now })
    this.deliver(guid, more)
    return guid
  }

  deliver(guid: string, more: Partial<Delivery> = {}): void {
    const { hook } = this
    const { fate } = this.event(guid)
    const isTooLarge = fate === 'large' || fate === 'large-cut'
    const hasArrived =
      !isTooLarge && fate !== 'never' && fate !== 'refused' && !(fate === 'down' && this.isReceiverDown)
    const isRepeat = this.#deliveries.some((one) => one.guid === guid)
    const id = String(this.#nextId++)
    const facts = { id, guid, at: this.now, isRepeat, isTest: false, hasArrived, isTooLarge, event: 'push' }
    this.#deliveries.unshift({ ...facts, repository: '42', ...more, shownAt: this.now + this.listedAfterMs, hook })
  }

  event(guid: string): Event {
    const event = this.events.find((one) => one.guid === guid)
    if (!event) throw new Error(`no event ${guid}`)
    return event
  }

  hasArrived(guid: string): boolean {
    return this.#deliveries.some((one) => one.guid === guid && one.hasArrived)
  }

  /** Whether a row of a table says that the event was read, or is lost. */
  rowsAbout(guid: string): readonly Row[] {
    return this.rows.filter((row) => row.p_webhook_delivery === guid || String(row.raw).includes(`"${guid}"`))
  }

  get failures(): readonly Row[] {
    return this.rows.filter((row) => row.p_log_type === 'classification_failures')
  }

  async run(): Promise<RecoveryResult> {
    this.#isDead = false
    const result = await recover({
      log: this.#log(),
      facts,
      stream: 'github-webhook recovery',
      scope: this.scope,
      source: { sourceId: 'hooks', sourceLabel: 'Hooks' },
      normalizer: compileNormalizer(githubWebhook),
      failureSchema: classificationFailures,
      bulkPublisher: {
        publish: (batches) => this.#publish(batches),
        publishResolutions: (batch) => this.#publish([batch]),
      },
      store: this.#store(),
      deadline: this.now + 58_000,
      record: async (rows) => {
        this.#mayFail()
        this.runs.push(...rows)
      },
      credentialSince: async () => this.credentialSince,
      now: () => this.now,
    })
    this.faults = []
    return result
  }

  /** Runs every so many minutes. */
  async pass(time: number, every = 10 * minute): Promise<void> {
    for (const end = this.now + time; this.now < end; this.now += every) await this.run()
  }

  async #publish(batches: readonly Batch[]): Promise<void> {
    this.#mayFail()
    this.rows.push(...batches.flatMap(({ rows }) => rows))
  }

  #store(): ObjectStore {
    const { store } = this.stored
    return {
      ...store,
      get: async (key) => {
        this.#mayFail()
        return store.get(key)
      },
      putIf: async (key, body, condition) => {
        this.#mayFail()
        return store.putIf(key, body, condition)
      },
    }
  }

  #log(): DeliveryLog {
    return {
      what: this.hook,
      fetchPage: async (cursor = '0') => {
        this.#request()
        if (cursor !== '0' && this.haveCursorsExpired) throw new CursorError('expired')
        const from = Number(cursor)
        const listed = this.#deliveries.filter(
          ({ at, shownAt, hook }) => hook === this.hook && shownAt <= this.now && at > this.now - keptMs,
        )
        const isMore = listed.length > from + pageSize
        const next = String(from + pageSize).padStart(this.cursorLength, '0')
        return { deliveries: listed.slice(from, from + pageSize), ...(isMore && { next }) }
      },
      read: async ({ guid }): Promise<KeptBody> => {
        this.read.push(guid)
        this.#request()
        const { fate } = this.event(guid)
        if (fate === 'never' || fate === 'large-cut') return { missing: { why: 'no body', part: 'cut' } }
        const event = { event: { action: fate }, attributes: { p_webhook_delivery: guid } }
        return { event, ...(fate === 'large' && { closes: closesOf(guid) }) }
      },
      askAgain: async (id) => {
        const guid = this.#deliveries.find((one) => one.id === id)?.guid ?? ''
        this.asked.push(guid)
        this.#request()
        this.deliver(guid)
        return {}
      },
    }
  }

  #request(): void {
    this.now += requestMs
    this.#mayFail()
  }

  #mayFail(): void {
    if (this.#isDead) throw death
    switch (this.faults.shift()) {
      case 'transient':
        throw new TransientError('no answer')
      case 'limit':
        throw new TransientError('too many requests', { retryAt: this.now + 20 * minute })
      case 'credentials':
        throw new AuthError('refused')
      case 'death':
        this.#isDead = true
        throw death
      default:
    }
  }
}

/** The failure row that the refusal of a large body left. */
export const closesOf = (guid: string): string => Buffer.from(guid).toString('hex').padEnd(32, '0').slice(0, 32)
