import type { Installation } from '../../cli/installation.ts'
import { type Ask, askAthena, askLake } from './ask.ts'
import { HttpError } from './http-error.ts'
import { type LookedAt, lookAt } from './place.ts'

/** What the answers are made from. */
export interface World extends LookedAt {
  readonly ask: Ask
}

/** @param opened as {@link lookAt} has it */
export function worldOf(choice: LookedAt['choice'], opened?: Installation): World {
  const looked = lookAt(choice, opened)
  const { folder } = looked
  const athena: Ask = async (sql, options) => {
    const { query } = await looked.open()
    if (!query) throw new HttpError(503, 'This deployment has no Athena.')
    return await askAthena(query)(sql, options)
  }
  return { ...looked, ask: folder === undefined ? athena : askLake(folder) }
}

/**
 * Makes something at most once in a time; who asks meanwhile gets the same. An error is not kept.
 * @param keepMs how long it is kept
 */
export function cached<T>(keepMs: number, make: () => Promise<T>): () => Promise<T> {
  let made: { readonly at: number; readonly value: Promise<T> } | undefined
  return () => {
    if (made && performance.now() - made.at < keepMs) return made.value
    const value = make()
    const current = { at: performance.now(), value }
    made = current
    value.catch(() => {
      if (made === current) made = undefined
    })
    return value
  }
}
