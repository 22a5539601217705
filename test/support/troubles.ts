import {
  AuthError,
  ConfigError,
  CursorError,
  RecordError,
  StoreError,
  TooLargeError,
  TransientError,
} from '../../lambdas/core/errors.ts'
import type { Page, PageRequest } from '../../lambdas/core/poll/stream.ts'
import { Kill } from './killer.ts'

/** Most events of an answer that is not too large, while others are. */
const smallAnswer = 2

type Failing = (request: PageRequest) => unknown

/** Requests that fail, at a place of the feed or everywhere; `undefined` lets one pass. */
const failing = {
  outage: () => new TransientError('status 503'),
  'unreadable answers': () => new RecordError('not_json', 'the answer is cut off'),
  'faults in the connector': () => new TypeError('a fault in the connector'),
  'answers too large': ({ size = Number.POSITIVE_INFINITY }) =>
    size > smallAnswer ? new TooLargeError('the answer is too large') : undefined,
  deaths: () => new Kill(),
} as const satisfies Record<string, Failing>

/** Requests that fail everywhere. */
const refusing = {
  'refused credential': () => new AuthError('the token was revoked'),
  'impossible settings': () => new ConfigError('there is no such organization'),
  'lost cursors': ({ cursor }) => (cursor === undefined ? undefined : new CursorError('there is no such cursor')),
} as const satisfies Record<string, Failing>

/** A page and the cursors of its window: the one to the place that was asked for, and the one to the beginning. */
interface Answer {
  readonly page: Page
  readonly request: PageRequest
  readonly same: () => string
  readonly first: () => string
  /** Whether the page holds more than one moment, so that a walk can go on without its cursor. */
  readonly isWide: boolean
}

const longCursor = ' '.repeat(5_000)

/** Pages that are not what they should be. */
const misleading = {
  'stale cursors': ({ page, request }) => (request.cursor === undefined ? page : { events: [], failures: [] }),
  'endless pages': ({ same }) => ({ events: [], failures: [], next: same() }),
  circles: ({ page, first }) => (page.next === undefined ? page : { ...page, next: first() }),
  'long cursors': ({ page, isWide }) =>
    page.next === undefined || !isWide ? page : { ...page, next: `${page.next}${longCursor}` },
} as const satisfies Record<string, (answer: Answer) => Page>

/** A call of our own stores. */
export type StoreCall = 'publish' | 'putIf' | 'record'

/** Calls of our own stores that fail before or after they have taken effect. */
const stores = {
  'publishing fails': { call: 'publish', isDone: false },
  'answers of publishing are lost': { call: 'publish', isDone: true },
  'saving fails': { call: 'putIf', isDone: false },
  'answers of saving are lost': { call: 'putIf', isDone: true },
  'recording fails': { call: 'record', isDone: false },
} as const satisfies Record<string, { call: StoreCall; isDone: boolean }>

const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] =>
  Object.keys(table).filter((name): name is Name => name in table)

/** Kinds of trouble by what they concern. */
export const troubles = {
  place: namesOf(failing),
  provider: [...namesOf(failing), ...namesOf(refusing), ...namesOf(misleading)],
  stores: namesOf(stores),
}

type TroubleKind = keyof typeof failing | keyof typeof refusing | keyof typeof misleading | keyof typeof stores

/** A fault that lasts for a while and then heals. */
interface Trouble {
  readonly kind: TroubleKind
  /** When it heals, in milliseconds since 1970. */
  readonly until: number
  /** Every which request or call meets it. */
  readonly every: number
  /** The part of the feed that it concerns; all of it when absent. */
  readonly place?: { readonly from: number; readonly to: number }
}

/** What is wrong with the provider and with our own stores. */
export class Troubles {
  readonly kinds = new Set<TroubleKind>()
  /** Deaths so far. */
  deaths = 0
  readonly #now: () => number
  readonly #list: { readonly trouble: Trouble; calls: number }[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  add(trouble: Trouble): void {
    this.kinds.add(trouble.kind)
    this.#list.push({ trouble, calls: 0 })
  }

  /** When the last one heals, in milliseconds since 1970. */
  get healAt(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#list.map(({ trouble }) => trouble.until))
  }

  /** @throws in place of an answer */
  beforeAnswer(request: PageRequest): void {
    for (const [kind, errorOf] of Object.entries<Failing>({ ...failing, ...refusing })) {
      if (!this.#meets(kind, request)) continue
      const error = errorOf(request)
      if (error instanceof Kill) this.deaths++
      if (error !== undefined) throw error
    }
  }

  /** What the provider answers in place of a page. */
  changed(answer: Answer): Page {
    let { page } = answer
    for (const [kind, change] of Object.entries<(answer: Answer) => Page>(misleading)) {
      if (this.#meets(kind, answer.request)) page = change({ ...answer, page })
    }
    return page
  }

  /** @throws {StoreError} in place of a call of our own stores, or of its answer */
  disturb(call: StoreCall, isDone: boolean): void {
    for (const [kind, one] of Object.entries(stores)) {
      if (one.call === call && one.isDone === isDone && this.#meets(kind)) throw new StoreError(kind)
    }
  }

  #meets(kind: string, request?: PageRequest): boolean {
    const now = this.#now()
    return this.#list.some((one) => {
      const { trouble } = one
      const { place, until, every } = trouble
      if (trouble.kind !== kind || until <= now) return false
      if (place && request && (request.from >= place.to || request.to <= place.from)) return false
      return one.calls++ % every === 0
    })
  }
}
