import { nearest } from '../schemas/compiler/problem-wording.ts'

/** Says that there is no source of that id, which may be a typing error, and which sources there are. */
export function unknownSource(id: string, ids: readonly string[]): Error {
  const near = nearest(id, ids)
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  return new Error(`There is no source "${id}".${meant} There ${listed(ids)}.`)
}

/** Ids after "there": `is none`, `is a`, `are a, b`. */
export function listed(ids: readonly string[]): string {
  if (ids.length === 0) return 'is none'
  return `${ids.length === 1 ? 'is' : 'are'} ${[...ids].sort().join(', ')}`
}
