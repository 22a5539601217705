import { RecordError, TransientError } from '../errors.ts'
import type { Intake } from '../intake/intake.ts'
import type { JsonObject } from '../json/json.ts'
import { lastResultOf } from '../poll/outcome.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import type { ListedObject, OpenedObject, StreamBucket } from './bucket.ts'
import type { NameVerdict } from './name-filter.ts'
import type { ReadMarks } from './read-marks.ts'
import { addCounts, beginning, nothingCounted, type ObjectCounts, type Position, readObject } from './read-object.ts'
import { countOn, type StreamState, type StreamStateStore, type Unfinished } from './stream-state.ts'

/** The fixed parts of a source with which its objects are read. */
export interface ReaderPorts {
  readonly source: { readonly sourceId: string; readonly sourceLabel: string }
  readonly bucket: StreamBucket
  readonly nameVerdict: (name: string) => NameVerdict
  isLeftOut(event: JsonObject): boolean
  readonly intake: Intake
  /** Takes what is fetched in bulk, so that a burst cannot delay webhooks. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Keeps the state of the source. */
  readonly ops: ObjectStore
  /** Folder of everything that the source keeps there, with a slash at its end. */
  readonly stateFolder: string
  readonly marks: ReadMarks
  readonly state: StreamStateStore
  readonly now: () => number
}

/**
 * What became of one object. `known`: it had been read before; `open`: the rest is read by a later session; `gone`: it
 * was deleted before it was read, or cannot be read, which is a row of failures.
 */
export type ObjectEnd = Exclude<NameVerdict, 'read'> | 'known' | 'done' | 'open' | 'gone'

/** An object to be read, as a message or a listing names it. */
export type Named = Pick<ListedObject, 'name'> & Partial<Omit<ListedObject, 'name'>>

export interface ReadSession {
  /** The sums so far. */
  readonly totals: Readonly<Record<ObjectEnd, number>> & ObjectCounts
  /**
   * Reads one object and publishes its events.
   * @param again reads it even if it was read before
   * @throws {StoreError} {TransientError} when it cannot be read or stored now; nothing is lost by trying again
   */
  read(object: Named, again?: boolean): Promise<{ readonly end: ObjectEnd; readonly counts: ObjectCounts }>
  /**
   * Leaves an object out from now on, with a row of failures.
   * @throws {StoreError} {TransientError} when the row cannot be stored
   */
  giveUp(object: ListedObject, why: string): Promise<void>
  /** When the newest object was written whose events had been read at the beginning; 0 for none. */
  readonly lastEventAt: number
  /** Whether there is time to begin another object. */
  mayGoOn(): boolean
  /** Saves the counts, if there are any. @param error of the last object that could not be read */
  save(error?: unknown): Promise<StreamState | undefined>
}

/** Attempts at an object whose reading ends the function; messages have the receives of their queue instead. */
const mostTries = 3

const replaced = 'the object was replaced before it was read; only a bucket that keeps versions still has it'

/** Most objects that are unfinished at a time; beyond it messages wait in their queue. */
const mostUnfinished = 16

/**
 * Begins the reading of objects in one invocation of the function.
 * @param state the state as read at its beginning
 * @param deadline when to stop, in milliseconds since 1970
 * @param counted whether an attempt at an object is counted before it is made, because no queue counts it: an object
 *   that ends the function each time is given up, as a row of failures
 */
export function readSession(ports: ReaderPorts, state: StreamState, deadline: number, counted = false): ReadSession {
  const { bucket, nameVerdict, marks, now } = ports
  const totals = { excluded: 0, ignored: 0, known: 0, done: 0, open: 0, gone: 0, ...nothingCounted }
  let lastEventAt = 0
  /** The objects that need no further reading; without a version those of any. */
  const ended: Pick<Named, 'name' | 'version'>[] = []
  const hasEnded = (one: Unfinished) =>
    ended.some(({ name, version = one.version }) => name === one.name && version === one.version)
  const mayGoOn = () => now() < deadline

  const readOpened = async (object: OpenedObject, again: boolean): Promise<[ObjectEnd, ObjectCounts]> => {
    if (!again && (await marks.has(object))) return ['known', nothingCounted]
    const before = state.unfinished.find(({ name }) => name === object.name)
    if (!before && state.unfinished.length >= mostUnfinished) {
      throw new TransientError('too many objects are unfinished: the next ones wait until some of them have been read')
    }
    const isReplaced = before !== undefined && before.version !== object.version
    const lost = isReplaced
      ? await fail(object, 'the object was replaced before it was read to its end')
      : nothingCounted
    const keep = (position: Position) => ports.state.change((current) => keeping(current, object, position))
    const address = bucket.addressOf(object.name)
    const reading = await readObject(
      object,
      { ...ports.source, receivedAt: object.writtenAt, object: address },
      { ...ports, mayGoOn, keep: async (position) => void (await keep(position)) },
      isReplaced ? beginning : before?.position,
    )
    if (reading.counts.events > 0) lastEventAt = Math.max(lastEventAt, object.writtenAt)
    if (reading.end === 'open') await keep(reading.position)
    else {
      await marks.add(object)
      ended.push(object, ...(before ? [before] : []))
    }
    return [reading.end, addCounts(lost, reading.counts)]
  }

  /** Content that is gone cannot be stored, so at least its loss is. */
  const fail = async (
    { name, writtenAt: receivedAt = now() }: Pick<Named, 'name' | 'writtenAt'>,
    message: string,
    code: 'gone' | 'incomplete' = 'gone',
  ): Promise<ObjectCounts> => {
    const receipt = { ...ports.source, receivedAt, object: bucket.addressOf(name) }
    const failure = { error: new RecordError(code, message), bytes: new Uint8Array() }
    const { counts } = await ports.intake({ events: [], failures: [failure] }, receipt, ports)
    return { ...nothingCounted, failed: counts.failed }
  }

  const takeGone = async (object: Named): Promise<[ObjectEnd, ObjectCounts]> => {
    if (await wasRead(marks, object)) return ['known', nothingCounted]
    const counts = await fail(object, 'the object was deleted before it was read; restore it, and use npm run replay')
    ended.push({ name: object.name })
    return ['gone', counts]
  }

  /** Whether another content was named than the one that is there, and nothing has read or begun it. */
  const isLost = async (named: Named, { name, version }: OpenedObject): Promise<boolean> => {
    const isAnother = named.version !== undefined && named.version !== version
    if (!isAnother || state.unfinished.some((one) => one.name === name)) return false
    return !(await wasRead(marks, named))
  }

  /** @returns false once the function has ended too often in this object */
  const count = async ({ name, version }: Named): Promise<boolean> => {
    const { trying } = state
    const tries = trying?.name === name && trying.version === version ? trying.tries : 0
    if (tries >= mostTries) return false
    await ports.state.change((current) => ({ ...current, trying: { name, version, tries: tries + 1 } }))
    return true
  }

  const giveUp = async (object: Named, why: string): Promise<[ObjectEnd, ObjectCounts]> => {
    const { name, version, writtenAt } = object
    // As of now, because the object may be older than the retention.
    const counts = await fail({ name }, `${why}; it is left out from now on, until npm run replay`, 'incomplete')
    if (version !== undefined && writtenAt !== undefined) await marks.add({ name, version, writtenAt })
    ended.push({ name, ...(version !== undefined && { version }) })
    return ['gone', counts]
  }

  const readNamed = async (object: Named, again: boolean): Promise<[ObjectEnd, ObjectCounts]> => {
    const verdict = nameVerdict(object.name)
    if (verdict !== 'read') return [verdict, nothingCounted]
    if (counted && !(await count(object))) {
      return giveUp(object, `the function ended ${mostTries} times while it read the object`)
    }
    const opened = await bucket.open(object.name)
    if (!opened) return takeGone(object)
    const lost = (await isLost(object, opened)) ? await fail(object, replaced) : nothingCounted
    const [end, counts] = await readOpened(opened, again)
    return [end, addCounts(lost, counts)]
  }

  const sum = ([end, counts]: [ObjectEnd, ObjectCounts]) => {
    totals[end]++
    Object.assign(totals, addCounts(totals, counts))
    return { end, counts }
  }

  return {
    totals,
    lastEventAt: state.lastEventAt ?? 0,
    mayGoOn,
    async read(object, again = false) {
      return sum(await readNamed(object, again))
    },
    async giveUp(object, why) {
      sum(await giveUp(object, why))
    },
    async save(error) {
      const { known, ...counted } = totals
      const isIdle = Object.values(counted).every((count) => count === 0) && ended.length === 0
      if (isIdle && error === undefined) return undefined
      const at = now()
      return ports.state.change(({ trying, ...current }) => {
        const newest = Math.max(current.lastEventAt ?? 0, lastEventAt)
        const unfinished = current.unfinished.filter((one) => !hasEnded(one))
        const { done: objects, open, gone, excluded, ignored, events, failed, leftOut } = totals
        // An object that was not opened proves nothing, so it leaves an error standing.
        const isProof = error !== undefined || objects + open + gone > 0
        return countOn(
          {
            ...current,
            ...(counted || trying === undefined ? {} : { trying }),
            unfinished,
            lastResult: isProof ? lastResultOf(error, at) : (current.lastResult ?? lastResultOf(undefined, at)),
            ...(newest > 0 && { lastEventAt: newest }),
          },
          at,
          { objects, excluded, ignored, events, failed, leftOut },
        )
      })
    },
  }
}

/** An object has one entry: a new version takes the place of the one that it replaced. */
function keeping(state: StreamState, { name, version }: ListedObject, position: Position): StreamState {
  const others = state.unfinished.filter((one) => one.name !== name)
  return { ...state, unfinished: [...others, { name, version, position }] }
}

/** Whether a deleted object was read before, on the day of its message or the one before. */
async function wasRead(marks: ReadMarks, { name, version, writtenAt }: Named): Promise<boolean> {
  if (version === undefined || writtenAt === undefined) return false
  const days = [writtenAt, writtenAt - 86_400_000]
  for (const day of days) if (await marks.has({ name, version, writtenAt: day })) return true
  return false
}
