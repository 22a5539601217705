import { AuthError, ConfigError, TransientError } from '../errors.ts'
import { detailOf, type LastResult, lastResultOf, outcomeOf } from '../poll/outcome.ts'
import { backOff, maxSkewMs, mustWait } from '../poll/waiting.ts'
import type { ListedObject } from './bucket.ts'
import { minuteName, pageOfDays } from './name-times.ts'
import type { ReaderPorts, ReadSession } from './read-session.ts'
import type { Newest, StreamState } from './stream-state.ts'

const minuteMs = 60_000

/**
 * How long after its minute an object is still looked for every minute: writers are late, and the rest of a name is
 * random, so that no listing can go on after the last name.
 */
const overlapMs = 15 * minuteMs

/** The first listing begins here; what is older is found by that of the whole bucket. */
const firstMs = 60 * minuteMs

/** After a longer outage the listings of days catch up. */
const longestMs = 2 * 24 * 60 * minuteMs

/** The state changes at most this often in quiet times. */
const keepMs = 5 * minuteMs

/** Marks that are read one by one; beyond them a listing of the day's marks is cheaper. */
const mostMarks = 50

/** One object that cannot be read does not stop the others; several in a row mean that a store is down. */
const mostFailures = 3

/** What came of looking for new objects. */
export interface NewestStep {
  /** The last error, if there was one. */
  readonly error?: unknown
  /** Whether nothing else can be read now either: the credential or the settings do not work. */
  readonly isOver: boolean
}

/**
 * Prepares the work of every minute for a bucket that sends no messages: lists the names that show the latest minutes
 * and reads the objects that have not been read. What the process has seen read costs no further request.
 */
export function createNewestReader(ports: ReaderPorts) {
  const { state: store, now } = ports
  const pass = createPass(ports)
  return async (state: StreamState, session: ReadSession): Promise<NewestStep> => {
    const startedAt = now()
    const { newest } = state
    if (mustWait(newest?.wait, startedAt)) return stillWaiting(newest)
    const keep = (next: Newest, lastResult?: LastResult) =>
      store.change((current) => ({ ...current, newest: next, ...(lastResult && { lastResult }) }))
    const begin = newest ? newest.at - overlapMs : startedAt - firstMs
    const from = Math.max(begin, startedAt - longestMs)
    try {
      const { isWhole, error } = await pass(session, state, { from, to: startedAt + maxSkewMs })
      const hadFailed = newest?.wait !== undefined
      const isStale = hadFailed || startedAt - (newest?.at ?? 0) >= keepMs
      if (isWhole && isStale) await keep({ at: startedAt }, hadFailed ? lastResultOf(undefined, startedAt) : undefined)
      return { isOver: false, ...(error !== undefined && { error }) }
    } catch (error) {
      const outcome = outcomeOf(error)
      const wait = backOff(error, newest?.wait, now())
      await keep({ at: newest?.at ?? startedAt - firstMs, outcome, wait, detail: detailOf(error) })
      return { error, isOver: isFinal(outcome) }
    }
  }
}

const isFinal = (outcome: string | undefined): boolean => outcome === 'credentials' || outcome === 'configuration'

/** The error for which the next attempt waits is reported as long as it does. */
function stillWaiting(newest: Newest | undefined): NewestStep {
  const { outcome, detail = 'the bucket could not be listed' } = newest ?? {}
  if (outcome === 'credentials') return { error: new AuthError(detail), isOver: true }
  if (outcome === 'configuration') return { error: new ConfigError(detail), isOver: true }
  return { error: new TransientError(detail), isOver: false }
}

interface PassResult {
  /** Whether it came to the end before the time was up. */
  readonly isWhole: boolean
  /** The last error of an object that was left out. */
  readonly error?: unknown
}

function createPass({ bucket, marks, nameVerdict }: ReaderPorts) {
  let known: ReadonlySet<string> = new Set()
  return async (
    session: ReadSession,
    { unfinished }: StreamState,
    span: { readonly from: number; readonly to: number },
  ): Promise<PassResult> => {
    const seen = new Set<string>()
    // Their rest is read by its position afterwards.
    const begun = new Set(unfinished.map(keyOf))
    const snapshot = marks.snapshot()
    let asked = 0
    const take = async (object: ListedObject): Promise<void> => {
      const key = keyOf(object)
      if (nameVerdict(object.name) !== 'read' || begun.has(key)) return
      const isKnown = known.has(key) || (await (asked++ < mostMarks ? marks.has(object) : snapshot(object)))
      if (isKnown || (await session.read(object)).end !== 'open') seen.add(key)
    }
    let failures = 0
    let error: unknown
    try {
      for (let after: string | undefined = minuteName(span.from); session.mayGoOn(); ) {
        const page: readonly ListedObject[] = await pageOfDays(bucket, span, after)
        if (page.length === 0) {
          known = new Set()
          return { isWhole: true, ...(error !== undefined && { error }) }
        }
        for (const object of page) {
          if (!session.mayGoOn()) break
          try {
            await take(object)
            failures = 0
          } catch (caught) {
            error = caught
            if (++failures === mostFailures) throw caught
          }
        }
        after = page.at(-1)?.name
      }
      return { isWhole: false, ...(error !== undefined && { error }) }
    } finally {
      known = new Set([...known, ...seen])
    }
  }
}

const keyOf = ({ name, version }: Pick<ListedObject, 'name' | 'version'>): string => `${version} ${name}`
