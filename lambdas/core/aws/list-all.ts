import type { ListedObject, ObjectStore } from '../ports.ts'

/** The most that a listing takes. */
const pageSize = 1_000

/** All objects below a prefix, in the order of their keys. Ends with an empty page, because a store may give short ones. */
export async function* listAll(store: ObjectStore, prefix: string): AsyncGenerator<ListedObject> {
  let page = await store.list(prefix, pageSize)
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield* page
    page = await store.list(prefix, pageSize, last.key)
  }
}
