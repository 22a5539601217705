import { randomUUID } from 'node:crypto'
import { formIn, isText, objectOf, oneOf } from '../json/forms.ts'
import { guardedObject } from '../poll/guarded-object.ts'
import type { ObjectStore } from '../ports.ts'
import type { Attempt } from './signed-link.ts'

/** How an attempt ended. */
export interface AttemptResult {
  readonly result: 'stored' | 'refused'
  /** For the operator: a sentence or more, without any secret. */
  readonly says: string
}

/** An attempt that this process holds alone. */
export interface HeldAttempt {
  /** Links the exchange of the code to the start (RFC 7636). */
  readonly verifier: string
  /** Keeps the result for the command that waits for it. */
  finish(result: AttemptResult): Promise<void>
}

const folder = 'oauth/'

/** The key of the object that holds an attempt's state. */
const attemptKey = ({ sourceId, nonce }: Attempt): string => `${folder}${sourceId}/${nonce}.json`

/** Most links that can be opened within a minute. */
const startsPerMinute = 10

const startedForm = objectOf({ step: oneOf('started'), verifier: isText })
const resultForm = objectOf({ step: oneOf('ended'), result: oneOf('stored', 'refused'), says: isText })

/** Every state differs from all others, so that a put whose answer was lost is recognized by the content. */
const bodyOf = (state: object): Uint8Array => new TextEncoder().encode(JSON.stringify({ ...state, id: randomUUID() }))

/** Opens an attempt for the first time. @returns `undefined` when its link was opened before */
export async function beginAttempt(
  store: ObjectStore,
  attempt: Attempt,
  verifier: string,
): Promise<HeldAttempt | undefined> {
  const save = guardedObject(store, attemptKey(attempt), { absent: true })
  if (!(await save(bodyOf({ step: 'started', verifier })))) return undefined
  return held(verifier, save)
}

/** Takes an attempt when the provider answers. @returns `undefined` when its answer was taken before */
export async function takeAttempt(store: ObjectStore, attempt: Attempt): Promise<HeldAttempt | undefined> {
  const key = attemptKey(attempt)
  const stored = await store.get(key)
  const started = formIn(stored?.body, startedForm)
  if (!stored || !started) return undefined
  const save = guardedObject(store, key, { etag: stored.etag })
  return (await save(bodyOf({ step: 'answered' }))) ? held(started.verifier, save) : undefined
}

const held = (verifier: string, save: ReturnType<typeof guardedObject>): HeldAttempt => ({
  verifier,
  async finish(result) {
    await save(bodyOf({ step: 'ended', ...result }))
  },
})

/** @returns `undefined` while the attempt goes on */
export async function resultOf(store: Pick<ObjectStore, 'get'>, attempt: Attempt): Promise<AttemptResult | undefined> {
  const ended = formIn((await store.get(attemptKey(attempt)))?.body, resultForm)
  return ended && { result: ended.result, says: ended.says }
}

/**
 * Counts an opened link, over all sources. Each minute has ten places, of which a put takes one.
 * @param now milliseconds since 1970
 * @returns false when the minute has no place left
 */
export async function countStart(store: ObjectStore, now: number): Promise<boolean> {
  const minute = Math.floor(now / 60_000)
  for (let place = 0; place < startsPerMinute; place++) {
    const save = guardedObject(store, `${folder}starts/${minute}/${place}.json`, { absent: true })
    if (await save(bodyOf({}))) return true
  }
  return false
}
