import type { ListedObject, StoreReader } from '../ports.ts'

/** Most objects that S3 lists at once. */
const pageSize = 1_000

/**
 * All objects below a prefix, in the order of their keys. Only an empty page is the end, because pages may be short.
 * @param after a key; only objects after it are listed
 */
export async function* listAll(
  store: Pick<StoreReader, 'list'>,
  prefix: string,
  after?: string,
): AsyncGenerator<ListedObject> {
  let page = await store.list(prefix, pageSize, after)
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield* page
    page = await store.list(prefix, pageSize, last.key)
  }
}
